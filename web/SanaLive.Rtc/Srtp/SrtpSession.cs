using SanaLive.Rtc.Dtls;

namespace SanaLive.Rtc.Srtp;

/// <summary>The two directions of a viewer's SRTP: what we send, and the RTCP that comes back.</summary>
internal sealed class SrtpSession : IDisposable
{
    private readonly SrtpTransform outgoing;
    private readonly SrtpTransform incoming;
    private readonly ReplayWindow replay = new();
    private uint rtcpIndex;

    private SrtpSession(SrtpProfile profile, SrtpKeys ours, SrtpKeys theirs)
    {
        Profile = profile;
        outgoing = SrtpTransform.Create(profile, ours, encrypt: true);
        incoming = SrtpTransform.Create(profile, theirs, encrypt: false);
    }

    public SrtpProfile Profile { get; }

    /// <summary>Takes the keys of an established handshake in which we were the server; null when no profile was agreed on.</summary>
    public static SrtpSession? FromServer(DtlsSession dtls)
    {
        var profile = (SrtpProfile)dtls.SelectedSrtpProfile();
        if (!Enum.IsDefined(profile)) return null;
        Span<byte> material = stackalloc byte[SrtpKeys.MaterialLength(profile)];
        dtls.ExportKeys(material);
        var (client, server) = SrtpKeys.Split(material, profile);
        return new SrtpSession(profile, server, client);
    }

    /// <inheritdoc cref="SrtpTransform.ProtectRtp"/>
    public int ProtectRtp(Span<byte> packet, int headerLength, int length, uint rollover) =>
        outgoing.ProtectRtp(packet, headerLength, length, rollover);

    /// <inheritdoc cref="SrtpTransform.ProtectRtcp"/>
    public int ProtectRtcp(Span<byte> packet, int length) => outgoing.ProtectRtcp(packet, length, rtcpIndex++ & 0x7FFF_FFFF);

    /// <summary>Decrypts RTCP in place; false when it is not authentic or was seen before.</summary>
    public bool TryUnprotectRtcp(Span<byte> packet, out int length) =>
        incoming.TryUnprotectRtcp(packet, out length, out var index) && replay.TryAccept(index);

    public void Dispose()
    {
        outgoing.Dispose();
        incoming.Dispose();
    }
}
