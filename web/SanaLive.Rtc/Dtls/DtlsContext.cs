using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SanaLive.Rtc.Dtls;

/// <summary>The settings that all DTLS sessions of a server share: DTLS 1.2, our certificate, both SRTP profiles.</summary>
internal sealed unsafe class DtlsContext : IDisposable
{
    private DtlsContext(SslContextHandle handle, DtlsRole role)
    {
        Handle = handle;
        Role = role;
    }

    public SslContextHandle Handle { get; }

    public DtlsRole Role { get; }

    /// <exception cref="RtcException"><see cref="RtcError.OpenSslMissing"/>.</exception>
    public static DtlsContext Create(DtlsCertificate certificate, DtlsRole role = DtlsRole.Server, string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
    {
        SslContextHandle handle;
        try
        {
            handle = new SslContextHandle(OpenSsl.SSL_CTX_new(role == DtlsRole.Server ? OpenSsl.DTLS_server_method() : OpenSsl.DTLS_client_method()));
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new RtcException(RtcError.OpenSslMissing, "WebRTC needs OpenSSL 3 (libssl.so.3 and libcrypto.so.3). On Debian and Ubuntu: apt-get install libssl3.", missing);
        }

        if (handle.IsInvalid) throw Refused("SSL_CTX_new");
        Require(OpenSsl.SetMinimumVersion(handle, OpenSsl.Dtls12Version) == 1, "DTLS 1.2");
        Require(OpenSsl.SSL_CTX_set_cipher_list(handle, "EECDH+AESGCM:EECDH+CHACHA20:EECDH+AES:!aNULL") == 1, "the cipher list");
        Require(OpenSsl.SSL_CTX_use_certificate_ASN1(handle, certificate.Certificate.Length, certificate.Certificate) == 1, "the certificate");
        Require(OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EvpPkeyEc, handle, certificate.PrivateKey, new CLong(certificate.PrivateKey.Length)) == 1, "the private key");
        Require(OpenSsl.SSL_CTX_set_tlsext_use_srtp(handle, profiles) == 0, "the SRTP profiles");

        // The peer must show a certificate. Nobody signed it: the fingerprint of the offer is compared afterwards.
        OpenSsl.SSL_CTX_set_verify(handle, OpenSsl.SslVerifyPeerRequired, &AcceptAnyChain);

        // A memory BIO has no path whose MTU could be asked for.
        OpenSsl.SSL_CTX_set_options(handle, OpenSsl.SslOpNoQueryMtu);
        return new DtlsContext(handle, role);
    }

    public void Dispose() => Handle.Dispose();

    private static void Require(bool done, string what)
    {
        if (!done) throw Refused(what);
    }

    private static RtcException Refused(string what) =>
        new(RtcError.OpenSslMissing, $"OpenSSL refused to set up DTLS at {what}: {OpenSsl.Errors()}.");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AcceptAnyChain(int preverified, nint store) => 1;
}
