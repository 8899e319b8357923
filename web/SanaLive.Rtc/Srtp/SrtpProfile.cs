namespace SanaLive.Rtc.Srtp;

/// <summary>The protection profiles that are spoken, with their numbers of RFC 5764 and RFC 7714.</summary>
internal enum SrtpProfile
{
    Aes128CmHmacSha1 = 0x0001,
    AeadAes128Gcm = 0x0007,
}
