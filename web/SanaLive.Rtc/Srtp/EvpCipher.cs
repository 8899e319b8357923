using System.Runtime.InteropServices;

namespace SanaLive.Rtc.Srtp;

/// <summary>
/// An AES-128 key in OpenSSL, expanded once and used for many packets without an allocation: .NET's own AES-GCM takes
/// twice as long per packet, and it has no counter mode.
/// </summary>
internal sealed unsafe partial class EvpCipher : SafeHandle
{
    private const string Crypto = "libcrypto.so.3";
    private const int CtrlAeadGetTag = 0x10;
    private const int CtrlAeadSetTag = 0x11;

    private EvpCipher(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    /// <summary>Counter mode; encrypting and decrypting are the same.</summary>
    public static EvpCipher CounterMode(ReadOnlySpan<byte> key) => Create(EVP_aes_128_ctr(), key, encrypt: true);

    /// <summary>GCM with a 12-byte nonce and a 16-byte tag, for one direction.</summary>
    public static EvpCipher Gcm(ReadOnlySpan<byte> key, bool encrypt) => Create(EVP_aes_128_gcm(), key, encrypt);

    /// <summary>XORs the key stream that begins at this 16-byte counter onto the data.</summary>
    public void ApplyCounterMode(ReadOnlySpan<byte> counter, Span<byte> data)
    {
        Require(EVP_CipherInit_ex(this, 0, 0, default, counter, -1));
        Require(EVP_CipherUpdate(this, data, out _, data, data.Length));
    }

    /// <summary>Encrypts in place and writes the tag.</summary>
    public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        Require(EVP_CipherInit_ex(this, 0, 0, default, nonce, -1));
        Require(EVP_CipherUpdate(this, default, out _, associated, associated.Length));
        Require(EVP_CipherUpdate(this, data, out _, data, data.Length));
        Require(EVP_CipherFinal_ex(this, default, out _));
        Require(EVP_CIPHER_CTX_ctrl(this, CtrlAeadGetTag, tag.Length, tag));
    }

    /// <summary>Decrypts in place; false (and undefined data) when the tag is wrong.</summary>
    public bool Open(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated, Span<byte> data, Span<byte> tag)
    {
        Require(EVP_CipherInit_ex(this, 0, 0, default, nonce, -1));
        Require(EVP_CipherUpdate(this, default, out _, associated, associated.Length));
        if (data.Length > 0) Require(EVP_CipherUpdate(this, data, out _, data, data.Length));
        Require(EVP_CIPHER_CTX_ctrl(this, CtrlAeadSetTag, tag.Length, tag));
        return EVP_CipherFinal_ex(this, default, out _) == 1;
    }

    protected override bool ReleaseHandle()
    {
        EVP_CIPHER_CTX_free(handle);
        return true;
    }

    private static EvpCipher Create(nint algorithm, ReadOnlySpan<byte> key, bool encrypt)
    {
        var cipher = new EvpCipher(EVP_CIPHER_CTX_new());
        Require(cipher.IsInvalid ? 0 : 1);
        Require(EVP_CipherInit_ex(cipher, algorithm, 0, key, default, encrypt ? 1 : 0));
        return cipher;
    }

    private static void Require(int result)
    {
        if (result != 1) throw new InvalidOperationException($"OpenSSL refused to encrypt: {Dtls.OpenSsl.Errors()}.");
    }

    [LibraryImport(Crypto)] private static partial nint EVP_aes_128_ctr();

    [LibraryImport(Crypto)] private static partial nint EVP_aes_128_gcm();

    [LibraryImport(Crypto)] private static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(Crypto)] private static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Crypto)]
    private static partial int EVP_CipherInit_ex(EvpCipher context, nint algorithm, nint engine, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, int encrypt);

    [LibraryImport(Crypto)]
    private static partial int EVP_CipherUpdate(EvpCipher context, Span<byte> output, out int written, ReadOnlySpan<byte> input, int length);

    [LibraryImport(Crypto)]
    private static partial int EVP_CipherFinal_ex(EvpCipher context, Span<byte> output, out int written);

    [LibraryImport(Crypto)]
    private static partial int EVP_CIPHER_CTX_ctrl(EvpCipher context, int command, int argument, Span<byte> pointer);
}
