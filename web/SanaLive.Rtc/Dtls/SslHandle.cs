using System.Runtime.InteropServices;

namespace SanaLive.Rtc.Dtls;

/// <summary>Owns an OpenSSL <c>SSL*</c> and, with it, its BIOs.</summary>
internal sealed class SslHandle : SafeHandle
{
    public SslHandle(nint ssl)
        : base(0, ownsHandle: true) => SetHandle(ssl);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_free(handle);
        return true;
    }
}
