using System.Runtime.InteropServices;

namespace SanaLive.Rtc.Dtls;

/// <summary>Owns an OpenSSL <c>SSL_CTX*</c>.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    public SslContextHandle(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_CTX_free(handle);
        return true;
    }
}
