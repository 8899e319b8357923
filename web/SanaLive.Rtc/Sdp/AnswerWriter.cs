using System.Net.Sockets;
using System.Text;

namespace SanaLive.Rtc.Sdp;

/// <summary>Writes the answer: the video section accepted as send-only, everything else rejected with port 0.</summary>
internal static class AnswerWriter
{
    /// <summary>Host candidates: type preference 126, one component (RFC 8445, 5.1.2.1).</summary>
    private const uint HostPreference = 126u << 24 | 255;

    public static string Write(Offer offer, AnswerFacts facts)
    {
        var text = new StringBuilder(1536);
        Line(text, "v=0");
        Line(text, $"o=- {facts.SessionId} 2 IN IP4 127.0.0.1");
        Line(text, "s=-");
        Line(text, "t=0 0");
        if (offer.Bundled) Line(text, $"a=group:BUNDLE {offer.Video.Mid}");
        Line(text, "a=ice-lite");
        Line(text, $"a=msid-semantic: WMS {facts.CanonicalName}");
        foreach (var media in offer.Media)
        {
            if (ReferenceEquals(media, offer.Video)) WriteVideo(text, offer, facts);
            else WriteRejected(text, media);
        }

        return text.ToString();
    }

    private static void WriteRejected(StringBuilder text, SdpMedia media)
    {
        Line(text, $"m={media.Kind} 0 {media.Protocol} {string.Join(' ', media.Formats)}");
        Line(text, "c=IN IP4 0.0.0.0");
        if (media.Mid is { } mid) Line(text, $"a=mid:{mid}");
        Line(text, "a=inactive");
    }

    private static void WriteVideo(StringBuilder text, Offer offer, AnswerFacts facts)
    {
        var vp8 = offer.Vp8PayloadType;
        var first = facts.EndPoints[0];
        Line(text, offer.RtxPayloadType is { } rtx
            ? $"m=video {first.Port} {offer.Video.Protocol} {vp8} {rtx}"
            : $"m=video {first.Port} {offer.Video.Protocol} {vp8}");
        Line(text, $"c=IN {(first.AddressFamily == AddressFamily.InterNetworkV6 ? "IP6" : "IP4")} {first.Address}");
        if (offer.Video.Mid is { } mid) Line(text, $"a=mid:{mid}");
        Line(text, "a=sendonly");
        Line(text, "a=rtcp-mux");
        if (offer.Video.Has("rtcp-rsize")) Line(text, "a=rtcp-rsize");
        Line(text, $"a=ice-ufrag:{facts.IceUserFragment}");
        Line(text, $"a=ice-pwd:{facts.IcePassword}");
        Line(text, $"a=fingerprint:sha-256 {facts.Fingerprint}");
        Line(text, "a=setup:passive");

        Line(text, $"a=rtpmap:{vp8} VP8/90000");
        foreach (var feedback in offer.Feedback) Line(text, $"a=rtcp-fb:{vp8} {feedback}");
        if (offer.RtxPayloadType is { } type)
        {
            Line(text, $"a=rtpmap:{type} rtx/90000");
            Line(text, $"a=fmtp:{type} apt={vp8}");
        }

        foreach (var extension in offer.Extensions.Answers) Line(text, $"a=extmap:{extension}");
        Line(text, $"a=msid:{facts.CanonicalName} video");
        if (offer.RtxPayloadType is not null) Line(text, $"a=ssrc-group:FID {facts.MediaSsrc} {facts.RtxSsrc}");
        Line(text, $"a=ssrc:{facts.MediaSsrc} cname:{facts.CanonicalName}");
        if (offer.RtxPayloadType is not null) Line(text, $"a=ssrc:{facts.RtxSsrc} cname:{facts.CanonicalName}");

        for (var i = 0; i < facts.EndPoints.Count; i++)
        {
            var priority = HostPreference | (65535u - (uint)i) << 8;
            Line(text, $"a=candidate:{i + 1} 1 udp {priority} {facts.EndPoints[i].Address} {facts.EndPoints[i].Port} typ host");
        }

        Line(text, "a=end-of-candidates");
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append("\r\n");
}
