namespace SanaLive.Rtc.Sdp;

/// <summary>The ids that the offer gives to the RTP header extensions we send; null where it offers none.</summary>
internal sealed record ExtensionIds
{
    public const string TransportCcUri = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
    public const string PlayoutDelayUri = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
    public const string AbsoluteSendTimeUri = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    public byte? TransportCc { get; init; }

    public byte? PlayoutDelay { get; init; }

    public byte? AbsoluteSendTime { get; init; }

    /// <summary>The <c>a=extmap</c> values of the answer: id, direction where the offer gave one (RFC 8285, 7), and URI.</summary>
    public IReadOnlyList<string> Answers { get; init; } = [];
}
