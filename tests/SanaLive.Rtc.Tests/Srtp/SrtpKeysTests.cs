using SanaLive.Rtc.Srtp;

namespace SanaLive.Rtc.Tests.Srtp;

public sealed class SrtpKeysTests
{
    /// <summary>RFC 3711, B.3.</summary>
    [Fact]
    public void Derive_ExampleOfRfc3711()
    {
        var keys = new SrtpKeys(Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139"), Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6"));

        Assert.Equal("C61E7A93744F39EE10734AFE3FF7A087", Convert.ToHexString(keys.Derive(SrtpLabel.RtpEncryption, 16)));
        Assert.Equal("30CBBC08863D8C85D49DB34A9AE1", Convert.ToHexString(keys.Derive(SrtpLabel.RtpSalt, 14)));
        Assert.Equal("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4", Convert.ToHexString(keys.Derive(SrtpLabel.RtpAuthentication, 20)));
    }

    [Fact]
    public void Derive_TwelveByteSalt_CountsAsPaddedWithZeros()
    {
        var key = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
        var salt = Convert.FromHexString("0EC675AD498AFEEBB6960B3A");

        Assert.Equal(
            new SrtpKeys(key, [.. salt, 0, 0]).Derive(SrtpLabel.RtcpSalt, 12),
            new SrtpKeys(key, salt).Derive(SrtpLabel.RtcpSalt, 12));
    }

    [Theory]
    [InlineData(60, SrtpProfile.Aes128CmHmacSha1)]
    [InlineData(56, SrtpProfile.AeadAes128Gcm)]
    internal void Split_Material_GivesClientAndServerTheirOwn(int length, SrtpProfile profile)
    {
        byte[] material = [.. Enumerable.Range(0, length).Select(i => (byte)i)];
        var salt = SrtpKeys.SaltLength(profile);

        var (client, server) = SrtpKeys.Split(material, profile);

        Assert.Equal(length, SrtpKeys.MaterialLength(profile));
        Assert.Equal(new SrtpKeys(material.AsSpan(0, 16), material.AsSpan(32, salt)).Derive(0, 16), client.Derive(0, 16));
        Assert.Equal(new SrtpKeys(material.AsSpan(16, 16), material.AsSpan(32 + salt, salt)).Derive(0, 16), server.Derive(0, 16));
    }
}
