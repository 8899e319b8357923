using SanaLive.Rtc.Srtp;

namespace SanaLive.Rtc.Tests.Srtp;

public sealed class SrtpTransformTests
{
    private const string SampleRtp = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
    private const string SampleRtcp = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";

    /// <summary>RFC 3711, B.2: the key stream of AES in counter mode.</summary>
    [Fact]
    public void CounterMode_KeyStreamOfRfc3711()
    {
        using var cipher = EvpCipher.CounterMode(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var data = new byte[48];

        cipher.ApplyCounterMode(Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), data);

        Assert.Equal(
            "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0",
            Convert.ToHexString(data));
    }

    /// <summary>RFC 7714, 16.1.1.</summary>
    [Fact]
    public void Gcm_RtpOfRfc7714()
    {
        using var transform = SampleGcm(encrypt: true);
        var packet = WithRoom(SampleRtp, out var length);

        var protectedLength = transform.ProtectRtp(packet, 12, length, rollover: 0);

        Assert.Equal(
            "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce",
            Convert.ToHexStringLower(packet.AsSpan(0, protectedLength)));
    }

    /// <summary>RFC 7714, 17.1: packet index 0x5d4.</summary>
    [Fact]
    public void Gcm_RtcpOfRfc7714()
    {
        using var transform = SampleGcm(encrypt: true);
        var packet = WithRoom(SampleRtcp, out var length);

        var protectedLength = transform.ProtectRtcp(packet, length, 0x5d4);

        Assert.Equal(
            "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4",
            Convert.ToHexStringLower(packet.AsSpan(0, protectedLength)));
    }

    /// <summary>The packet of libsrtp's own validation, under the keys of RFC 3711, B.3.</summary>
    [Fact]
    public void CounterMode_RtpOfLibsrtp()
    {
        using var transform = SrtpTransform.Create(SrtpProfile.Aes128CmHmacSha1, SampleKeys(), encrypt: true);
        var packet = WithRoom("800f1234decafbadcafebabeabababababababababababababababab", out var length);

        var protectedLength = transform.ProtectRtp(packet, 12, length, rollover: 0);

        Assert.Equal("800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb", Convert.ToHexStringLower(packet.AsSpan(0, protectedLength)));
    }

    [Fact]
    public void CounterMode_RtcpOfLibsrtp()
    {
        using var transform = SrtpTransform.Create(SrtpProfile.Aes128CmHmacSha1, SampleKeys(), encrypt: true);
        var packet = WithRoom("81c8000bcafebabeabababababababababababababababab", out var length);

        var protectedLength = transform.ProtectRtcp(packet, length, 1);

        Assert.Equal("81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798", Convert.ToHexStringLower(packet.AsSpan(0, protectedLength)));
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    internal void TryUnprotectRtcp_ProtectedPacket_GivesItBack(SrtpProfile profile)
    {
        using var sender = SrtpTransform.Create(profile, SampleKeys(), encrypt: true);
        using var receiver = SrtpTransform.Create(profile, SampleKeys(), encrypt: false);
        var packet = WithRoom(SampleRtcp, out var length);
        var protectedLength = sender.ProtectRtcp(packet, length, 77);

        Assert.True(receiver.TryUnprotectRtcp(packet.AsSpan(0, protectedLength), out var plainLength, out var index));

        Assert.Equal(77u, index);
        Assert.Equal(SampleRtcp, Convert.ToHexStringLower(packet.AsSpan(0, plainLength)));
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    internal void TryUnprotectRtcp_AnyFlippedBitOrMissingByte_IsRefused(SrtpProfile profile)
    {
        using var sender = SrtpTransform.Create(profile, SampleKeys(), encrypt: true);
        using var receiver = SrtpTransform.Create(profile, SampleKeys(), encrypt: false);
        var packet = WithRoom(SampleRtcp, out var length);
        var whole = packet[..sender.ProtectRtcp(packet, length, 77)];

        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(receiver.TryUnprotectRtcp(changed, out _, out _), $"bit {bit}");
        }

        for (var shorter = 0; shorter < whole.Length; shorter++)
            Assert.False(receiver.TryUnprotectRtcp(whole[..shorter], out _, out _), $"{shorter} bytes");
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    internal void ProtectRtp_OtherRollover_GivesAnotherPacket(SrtpProfile profile)
    {
        using var transform = SrtpTransform.Create(profile, SampleKeys(), encrypt: true);
        var first = WithRoom(SampleRtp, out var length);
        var second = WithRoom(SampleRtp, out _);
        transform.ProtectRtp(first, 12, length, rollover: 0);
        transform.ProtectRtp(second, 12, length, rollover: 1);

        Assert.NotEqual(Convert.ToHexString(first.AsSpan(12)), Convert.ToHexString(second.AsSpan(12)));
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmHmacSha1)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    internal void ProtectRtp_ManyPackets_AllocatesNothing(SrtpProfile profile)
    {
        using var transform = SrtpTransform.Create(profile, SampleKeys(), encrypt: true);
        var packet = new byte[1300];
        for (var i = 0; i < 100; i++) transform.ProtectRtp(packet, 12, 1200, 0);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) transform.ProtectRtp(packet, 12, 1200, 0);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SrtpKeys SampleKeys() =>
        new(Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"), Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"));

    private static GcmTransform SampleGcm(bool encrypt)
    {
        var key = Convert.FromHexString("000102030405060708090a0b0c0d0e0f");
        var salt = Convert.FromHexString("517569642070726f2071756f");
        return new GcmTransform(key, salt, key, salt, encrypt);
    }

    private static byte[] WithRoom(string hex, out int length)
    {
        var packet = Convert.FromHexString(hex);
        length = packet.Length;
        return [.. packet, .. new byte[SrtpTransform.MaxOverhead]];
    }
}
