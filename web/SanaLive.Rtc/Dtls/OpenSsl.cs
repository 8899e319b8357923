using System.Runtime.InteropServices;
using System.Text;

namespace SanaLive.Rtc.Dtls;

/// <summary>The functions of the system's OpenSSL 3 that DTLS-SRTP needs. Names and meanings are OpenSSL's own.</summary>
internal static unsafe partial class OpenSsl
{
    public const int SslErrorWantRead = 2;
    public const int SslErrorWantWrite = 3;
    public const int SslVerifyPeerRequired = 0x01 | 0x02;
    public const int SslReceivedShutdown = 2;
    public const ulong SslOpNoQueryMtu = 1 << 12;
    public const int Dtls12Version = 0xFEFD;
    public const int EvpPkeyEc = 408;

    private const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    private const int SslCtrlSetMtu = 17;
    private const int DtlsCtrlHandleTimeout = 74;
    private const int SslCtrlSetMinProtoVersion = 123;
    private const int BioCtrlReset = 1;
    private const int BioCtrlPending = 10;
    private const int BioCtrlSetMemEofReturn = 130;

    public static int SetMinimumVersion(SslContextHandle context, int version) => (int)SSL_CTX_ctrl(context, SslCtrlSetMinProtoVersion, version, 0);

    public static void SetMtu(SslHandle ssl, int mtu) => SSL_ctrl(ssl, SslCtrlSetMtu, mtu, 0);

    public static int HandleTimeout(SslHandle ssl) => (int)SSL_ctrl(ssl, DtlsCtrlHandleTimeout, 0, 0);

    public static void Discard(nint bio) => BIO_ctrl(bio, BioCtrlReset, 0, 0);

    public static int Pending(nint bio) => (int)BIO_ctrl(bio, BioCtrlPending, 0, 0);

    /// <summary>A memory BIO that says "come back later" when it is empty, instead of "end of file".</summary>
    public static nint NewMemoryBio()
    {
        var bio = BIO_new(BIO_s_mem());
        if (bio == 0) throw new OutOfMemoryException("OpenSSL could not allocate a memory BIO.");
        BIO_ctrl(bio, BioCtrlSetMemEofReturn, -1, 0);
        return bio;
    }

    /// <summary>The reasons in this thread's error queue, which is emptied.</summary>
    public static string Errors()
    {
        var text = new StringBuilder();
        var buffer = stackalloc byte[256];
        while (ERR_get_error() is var code && code != 0)
        {
            ERR_error_string_n(code, buffer, 256);
            if (text.Length > 0) text.Append("; ");
            text.Append(Marshal.PtrToStringUTF8((nint)buffer));
        }

        return text.Length > 0 ? text.ToString() : "no reason given";
    }

    [LibraryImport(Ssl)] public static partial nint DTLS_server_method();

    [LibraryImport(Ssl)] public static partial nint DTLS_client_method();

    [LibraryImport(Ssl)] public static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Ssl)] public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)] public static partial int SSL_CTX_use_certificate_ASN1(SslContextHandle context, int length, ReadOnlySpan<byte> der);

    [LibraryImport(Ssl)] public static partial int SSL_CTX_use_PrivateKey_ASN1(int type, SslContextHandle context, ReadOnlySpan<byte> der, CLong length);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)] public static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    /// <summary>Returns 0 on success, unlike its neighbours.</summary>
    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)] public static partial int SSL_CTX_set_tlsext_use_srtp(SslContextHandle context, string profiles);

    [LibraryImport(Ssl)] public static partial void SSL_CTX_set_verify(SslContextHandle context, int mode, delegate* unmanaged[Cdecl]<int, nint, int> callback);

    [LibraryImport(Ssl)] public static partial ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [LibraryImport(Ssl)] public static partial nint SSL_new(SslContextHandle context);

    [LibraryImport(Ssl)] public static partial void SSL_free(nint ssl);

    /// <summary>The SSL owns both BIOs from here on.</summary>
    [LibraryImport(Ssl)] public static partial void SSL_set_bio(SslHandle ssl, nint read, nint write);

    [LibraryImport(Ssl)] public static partial void SSL_set_accept_state(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial void SSL_set_connect_state(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial int SSL_do_handshake(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial int SSL_get_error(SslHandle ssl, int result);

    [LibraryImport(Ssl)] public static partial int SSL_read(SslHandle ssl, Span<byte> buffer, int length);

    [LibraryImport(Ssl)] public static partial int SSL_shutdown(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial int SSL_get_shutdown(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial void DTLS_set_timer_cb(SslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(Ssl)] public static partial SrtpProtectionProfile* SSL_get_selected_srtp_profile(SslHandle ssl);

    [LibraryImport(Ssl)] public static partial nint SSL_get1_peer_certificate(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_export_keying_material(
        SslHandle ssl, Span<byte> target, nuint length, ReadOnlySpan<byte> label, nuint labelLength, ReadOnlySpan<byte> context, nuint contextLength, int useContext);

    [LibraryImport(Crypto)] public static partial int BIO_write(nint bio, ReadOnlySpan<byte> data, int length);

    [LibraryImport(Crypto)] public static partial int BIO_read(nint bio, Span<byte> data, int length);

    [LibraryImport(Crypto)] public static partial int i2d_X509(nint certificate, byte** target);

    [LibraryImport(Crypto)] public static partial void X509_free(nint certificate);

    [LibraryImport(Crypto)] public static partial void ERR_clear_error();

    [LibraryImport(Ssl)] private static partial nint SSL_CTX_ctrl(SslContextHandle context, int command, nint argument, nint pointer);

    [LibraryImport(Ssl)] private static partial nint SSL_ctrl(SslHandle ssl, int command, nint argument, nint pointer);

    [LibraryImport(Crypto)] private static partial nint BIO_s_mem();

    [LibraryImport(Crypto)] private static partial nint BIO_new(nint type);

    [LibraryImport(Crypto)] private static partial nint BIO_ctrl(nint bio, int command, nint argument, nint pointer);

    [LibraryImport(Crypto)] private static partial nuint ERR_get_error();

    [LibraryImport(Crypto)] private static partial void ERR_error_string_n(nuint code, byte* target, nuint length);

    [StructLayout(LayoutKind.Sequential)]
    public readonly struct SrtpProtectionProfile
    {
        public readonly nint Name;
        public readonly CULong Id;
    }
}
