using System.Security.Cryptography;

namespace SanaLive.Rtc.Srtp;

/// <summary>A master key and salt, and the session keys made from them (RFC 3711, 4.3, with key derivation rate 0).</summary>
internal sealed class SrtpKeys
{
    public const int KeyLength = 16;
    public const int AuthenticationKeyLength = 20;

    private const int FullSaltLength = 14;

    private readonly byte[] masterKey;
    private readonly byte[] masterSalt = new byte[FullSaltLength];

    /// <param name="masterKey">16 bytes.</param>
    /// <param name="masterSalt">14 bytes for counter mode, 12 for GCM, whose missing two count as zeros here (RFC 7714, 11).</param>
    public SrtpKeys(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        this.masterKey = masterKey.ToArray();
        masterSalt.CopyTo(this.masterSalt);
    }

    public static int SaltLength(SrtpProfile profile) => profile == SrtpProfile.AeadAes128Gcm ? 12 : FullSaltLength;

    /// <summary>Splits what DTLS exported: client key, server key, client salt, server salt (RFC 5764, 4.2).</summary>
    public static (SrtpKeys Client, SrtpKeys Server) Split(ReadOnlySpan<byte> material, SrtpProfile profile)
    {
        var salt = SaltLength(profile);
        var salts = material[(2 * KeyLength)..];
        return (new SrtpKeys(material[..KeyLength], salts[..salt]), new SrtpKeys(material[KeyLength..(2 * KeyLength)], salts[salt..(2 * salt)]));
    }

    /// <summary>The length of the material that DTLS has to export.</summary>
    public static int MaterialLength(SrtpProfile profile) => 2 * (KeyLength + SaltLength(profile));

    public byte[] Derive(SrtpLabel label, int length)
    {
        // The key stream of AES-CM for the counter (salt XOR label at byte 7) x 2^16.
        Span<byte> counter = stackalloc byte[16];
        masterSalt.CopyTo(counter);
        counter[7] ^= (byte)label;
        using var aes = Aes.Create();
        aes.Key = masterKey;
        var derived = new byte[length];
        Span<byte> block = stackalloc byte[16];
        for (var at = 0; at < length; at += 16)
        {
            aes.EncryptEcb(counter, block, PaddingMode.None);
            block[..Math.Min(16, length - at)].CopyTo(derived.AsSpan(at));
            counter[15]++;
        }

        return derived;
    }
}
