using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SanaLive.Rtc.Tests.Stun;

/// <summary>Writes binding requests as a viewer does.</summary>
internal sealed class StunBuilder(ushort type = 1)
{
    private readonly List<byte> attributes = [];

    public static byte[] TransactionId { get; } = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    public static byte[] BindingRequest(string username, string password, bool nominate = false)
    {
        var builder = new StunBuilder().Add(0x0006, Encoding.ASCII.GetBytes(username)).Add(0x0024, [1, 2, 3, 4]).Add(0x802A, new byte[8]);
        if (nominate) builder.Add(0x0025, []);
        return builder.Sign(password).AddFingerprint().Build();
    }

    public StunBuilder Add(ushort attribute, byte[] value)
    {
        attributes.AddRange([(byte)(attribute >> 8), (byte)attribute, (byte)(value.Length >> 8), (byte)value.Length, .. value]);
        while (attributes.Count % 4 != 0) attributes.Add(0);
        return this;
    }

    public StunBuilder Sign(string password) => Add(0x0008, HMACSHA1.HashData(Encoding.ASCII.GetBytes(password), Build(24)));

    public StunBuilder AddFingerprint()
    {
        var value = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, SanaLive.Rtc.Stun.Crc32.Of(Build(8)) ^ 0x5354554E);
        return Add(0x8028, value);
    }

    public byte[] Build(int toCome = 0)
    {
        var length = attributes.Count + toCome;
        return [(byte)(type >> 8), (byte)type, (byte)(length >> 8), (byte)length, 0x21, 0x12, 0xA4, 0x42, .. TransactionId, .. attributes];
    }
}
