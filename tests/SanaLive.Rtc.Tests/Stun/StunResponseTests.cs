using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using SanaLive.Rtc.Stun;

namespace SanaLive.Rtc.Tests.Stun;

public sealed class StunResponseTests
{
    /// <summary>The transaction id of the examples in RFC 5769.</summary>
    private static readonly byte[] TransactionId = Convert.FromHexString("b7e7a701bc34d686fa87dfae");

    private static readonly byte[] Password = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();

    /// <summary>The addresses and their encodings are those of RFC 5769, 2.2 and 2.3.</summary>
    [Theory]
    [InlineData("192.0.2.1", "0001a147e112a643")]
    [InlineData("::ffff:192.0.2.1", "0001a147e112a643")]
    [InlineData("2001:db8:1234:5678:11:2233:4455:6677", "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9")]
    public void WriteSuccess_Address_IsEncodedAsInRfc5769(string address, string encoded)
    {
        var response = new byte[StunResponse.MaxLength];
        var length = StunResponse.WriteSuccess(response, TransactionId, new IPEndPoint(IPAddress.Parse(address), 32853).Serialize(), Password);

        var attributes = Read(response.AsSpan(0, length), 0x0101);
        Assert.Equal(encoded, Convert.ToHexStringLower(attributes[0x0020]));
    }

    [Fact]
    public void WriteError_RoleConflict_Is487()
    {
        var response = new byte[StunResponse.MaxLength];
        var length = StunResponse.WriteError(response, TransactionId, 487, "Role Conflict", Password);

        var error = Read(response.AsSpan(0, length), 0x0111)[0x0009];
        Assert.Equal([0, 0, 4, 87], error[..4]);
        Assert.Equal("Role Conflict"u8.ToArray(), error[4..]);
    }

    [Fact]
    public void WriteUnknownAttribute_NamesIt()
    {
        var response = new byte[StunResponse.MaxLength];
        var length = StunResponse.WriteUnknownAttribute(response, TransactionId, 0x7FFF, Password);

        var attributes = Read(response.AsSpan(0, length), 0x0111);
        Assert.Equal([0, 0, 4, 20], attributes[0x0009][..4]);
        Assert.Equal([0x7F, 0xFF], attributes[0x000A]);
    }

    [Fact]
    public void Crc32_CheckValue() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    /// <summary>Takes a response apart and checks its integrity and fingerprint.</summary>
    private static Dictionary<int, byte[]> Read(ReadOnlySpan<byte> message, int type)
    {
        Assert.Equal(type, BinaryPrimitives.ReadUInt16BigEndian(message));
        Assert.Equal(message.Length - 20, BinaryPrimitives.ReadUInt16BigEndian(message[2..]));
        Assert.Equal(TransactionId, message.Slice(8, 12).ToArray());
        var attributes = new Dictionary<int, byte[]>();
        for (var at = 20; at < message.Length;)
        {
            var attribute = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
            var value = message.Slice(at + 4, length).ToArray();
            attributes[attribute] = value;
            if (attribute == 0x0008)
            {
                var signed = message[..at].ToArray();
                BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(2), (ushort)(at + 4));
                Assert.Equal(HMACSHA1.HashData(Password, signed), value);
            }
            else if (attribute == 0x8028)
            {
                Assert.Equal(Crc32.Of(message[..at]) ^ 0x5354554E, BinaryPrimitives.ReadUInt32BigEndian(value));
            }

            at += 4 + ((length + 3) & ~3);
        }

        Assert.True(attributes.ContainsKey(0x0008) && attributes.ContainsKey(0x8028));
        return attributes;
    }
}
