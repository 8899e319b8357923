using System.Text;
using SanaLive.Rtc.Stun;

namespace SanaLive.Rtc.Tests.Stun;

public sealed class StunRequestTests
{
    /// <summary>RFC 5769, 2.1.</summary>
    private static readonly byte[] SampleRequest = Convert.FromHexString(
        "000100582112a442b7e7a701bc34d686fa87dfae"
        + "802200105354554e207465737420636c69656e74"
        + "002400046e0001ff"
        + "80290008932ff9b151263b36"
        + "000600096576746a3a68367659202020"
        + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
        + "80280004e57a3bcf");

    private static readonly byte[] SamplePassword = "VOkJxbRl1RmTxUk/WvJxBt"u8.ToArray();

    [Fact]
    public void TryRead_SampleOfRfc5769_IsAuthentic()
    {
        Assert.True(StunRequest.TryRead(SampleRequest, out var request));
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(request.Username));
        Assert.True(request.SaysControlled);
        Assert.False(request.Nominates);
        Assert.Equal(0, request.UnknownAttribute);
        Assert.True(request.IsAuthentic(SamplePassword));
    }

    [Fact]
    public void IsAuthentic_WrongPassword_IsFalse()
    {
        Assert.True(StunRequest.TryRead(SampleRequest, out var request));
        Assert.False(request.IsAuthentic("VOkJxbRl1RmTxUk/WvJxBu"u8));
    }

    [Fact]
    public void TryRead_AnyFlippedBit_IsNotReadOrNotAuthentic()
    {
        // All but the FINGERPRINT attribute at the end, which nobody has to send.
        for (var bit = 0; bit < (SampleRequest.Length - 8) * 8; bit++)
        {
            var changed = (byte[])SampleRequest.Clone();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(StunRequest.TryRead(changed, out var request) && request.IsAuthentic(SamplePassword), $"bit {bit}");
        }
    }

    [Fact]
    public void TryRead_EveryPrefix_IsRefused()
    {
        for (var length = 0; length < SampleRequest.Length; length++)
            Assert.False(StunRequest.TryRead(SampleRequest.AsSpan(0, length), out _));
    }

    [Fact]
    public void TryRead_RandomAttributes_NeverThrows()
    {
        var random = new Random(3);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var length = 4 * random.Next(0, 40);
            var message = new byte[20 + length];
            random.NextBytes(message);
            new byte[] { 0, 1, (byte)(length >> 8), (byte)length, 0x21, 0x12, 0xA4, 0x42 }.CopyTo(message, 0);

            // Small attribute lengths, or hardly any message would get past its first one.
            for (var at = 22; at + 1 < message.Length; at += 8) (message[at], message[at + 1]) = (0, (byte)random.Next(8));
            if (StunRequest.TryRead(message, out var request) && !request.IsAuthentic(SamplePassword)) read++;
        }

        Assert.True(read > 100, $"only {read} messages were readable: the test tests nothing");
    }

    [Fact]
    public void IsAuthentic_WithoutIntegrity_IsFalse()
    {
        var message = new StunBuilder().Add(0x0006, "a:b"u8.ToArray()).AddFingerprint().Build();

        Assert.True(StunRequest.TryRead(message, out var request));
        Assert.False(request.IsAuthentic("password"u8));
    }

    [Fact]
    public void TryRead_AttributesBehindTheIntegrity_AreIgnored()
    {
        var message = new StunBuilder().Add(0x0006, "a:b"u8.ToArray()).Sign("password").Add(0x0025, []).AddFingerprint().Build();

        Assert.True(StunRequest.TryRead(message, out var request));
        Assert.True(request.IsAuthentic("password"u8));
        Assert.False(request.Nominates);
    }

    [Fact]
    public void TryRead_UnknownRequiredAttribute_IsReported()
    {
        var message = new StunBuilder().Add(0x7FFF, [1]).Add(0x0006, "a:b"u8.ToArray()).Sign("password").Build();

        Assert.True(StunRequest.TryRead(message, out var request));
        Assert.Equal(0x7FFF, request.UnknownAttribute);
    }

    [Fact]
    public void TryRead_WrongFingerprint_IsRefused()
    {
        var message = StunBuilder.BindingRequest("a:b", "password");
        message[^1] ^= 1;

        Assert.False(StunRequest.TryRead(message, out _));
    }

    [Fact]
    public void TryRead_Responses_AreRefused() => Assert.False(StunRequest.TryRead(new StunBuilder(type: 0x0101).Build(), out _));
}
