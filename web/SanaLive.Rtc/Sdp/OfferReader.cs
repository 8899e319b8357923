using System.Globalization;

namespace SanaLive.Rtc.Sdp;

/// <summary>Reads a viewer's offer (JSEP, RFC 8829, as Chromium, Firefox and aiortc write it).</summary>
internal static class OfferReader
{
    private static readonly string[] SupportedFeedback = ["nack", "nack pli", "ccm fir", "transport-cc"];

    /// <exception cref="SdpException">The offer cannot be answered.</exception>
    public static Offer Read(string sdp)
    {
        var document = SdpDocument.Parse(sdp);
        var video = FindVideo(document);
        var session = document.Session;

        var vp8 = FindVp8(video);
        var feedback = ReadFeedback(video, vp8);
        return new Offer
        {
            Media = document.Media,
            Video = video,
            Bundled = IsBundled(session, video),
            Vp8PayloadType = vp8,
            RtxPayloadType = FindRtx(video, vp8),
            Feedback = feedback,
            Extensions = ReadExtensions(session, video, feedback),
            IceUserFragment = ReadIce(session, video, "ice-ufrag", 4),
            IcePassword = ReadIce(session, video, "ice-pwd", 22),
            Fingerprints = ReadFingerprints(session, video),
        };
    }

    private static SdpMedia FindVideo(SdpDocument document)
    {
        SdpException? refusal = null;
        foreach (var media in document.Media)
        {
            // Port 0 is a rejected section, unless it only waits to be bundled with another.
            if (media.Kind != "video" || (media.Port == 0 && !media.Has("bundle-only"))) continue;
            refusal = Refuse(document.Session, media);
            if (refusal is null) return media;
        }

        throw refusal ?? new SdpException(SdpError.NoVideo, "The offer has no video section; add a video transceiver that receives.");
    }

    private static SdpException? Refuse(SdpSection session, SdpMedia video)
    {
        if (video.Has("sendonly") || video.Has("inactive"))
            return new SdpException(SdpError.NotReceiving, "The offer's video section does not receive; its direction must be recvonly or sendrecv.");
        if (!video.Protocol.Contains("RTP/SAVP", StringComparison.Ordinal))
            return new SdpException(SdpError.UnsupportedTransport, $"The video section asks for {video.Protocol}; only RTP over DTLS (UDP/TLS/RTP/SAVPF) is sent.");
        if (!video.Has("rtcp-mux"))
            return new SdpException(SdpError.UnsupportedTransport, "The video section has no a=rtcp-mux; RTP and RTCP share one port here.");

        // The peer has to be the DTLS client, since only then can an ICE-lite side wait for it.
        return (video.Find("setup") ?? session.Find("setup")) is "actpass" or "active"
            ? null
            : new SdpException(SdpError.NoDtlsSetup, "The offer has no a=setup:actpass (or active); the viewer has to be the DTLS client.");
    }

    private static byte FindVp8(SdpMedia video)
    {
        foreach (var format in video.Formats)
        {
            if (Codec(video, format).StartsWith("VP8/90000", StringComparison.OrdinalIgnoreCase) && PayloadType(format) is { } type)
                return type;
        }

        throw new SdpException(SdpError.NoCommonCodec, "The offer's video section has no VP8, the only codec that is sent.");
    }

    private static byte? FindRtx(SdpMedia video, byte vp8)
    {
        foreach (var format in video.Formats)
        {
            if (Codec(video, format).StartsWith("rtx/90000", StringComparison.OrdinalIgnoreCase) && IsFor(video, format, vp8))
                return PayloadType(format);
        }

        return null;
    }

    private static bool IsFor(SdpMedia video, string rtx, byte payloadType)
    {
        foreach (var parameters in ValuesFor(video, "fmtp", rtx))
        {
            foreach (var parameter in parameters.Split(';', StringSplitOptions.TrimEntries))
            {
                if (parameter == string.Create(CultureInfo.InvariantCulture, $"apt={payloadType}")) return true;
            }
        }

        return false;
    }

    private static string Codec(SdpMedia video, string format) => ValuesFor(video, "rtpmap", format).FirstOrDefault() ?? "";

    /// <summary>What follows "a=name:format ".</summary>
    private static IEnumerable<string> ValuesFor(SdpMedia video, string name, string format)
    {
        foreach (var value in video.All(name))
        {
            var space = value.IndexOf(' ');
            if (space > 0 && value.AsSpan(0, space).SequenceEqual(format)) yield return value[(space + 1)..].Trim();
        }
    }

    /// <summary>64 to 95 would read as RTCP on a shared port (RFC 5761).</summary>
    private static byte? PayloadType(string format) =>
        byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && type is < 64 or (> 95 and < 128)
            ? type
            : null;

    private static string[] ReadFeedback(SdpMedia video, byte vp8)
    {
        var offered = ValuesFor(video, "rtcp-fb", vp8.ToString(CultureInfo.InvariantCulture))
            .Concat(ValuesFor(video, "rtcp-fb", "*"))
            .ToHashSet();
        return Array.FindAll(SupportedFeedback, offered.Contains);
    }

    private static ExtensionIds ReadExtensions(SdpSection session, SdpMedia video, string[] feedback)
    {
        var ids = new ExtensionIds();
        var answers = new List<string>();
        foreach (var value in video.All("extmap").Concat(session.All("extmap")))
        {
            var parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length < 2) continue;
            var id = parts[0].Split('/');

            // Ids above 14 need the two-byte form; whoever offers only those goes without.
            if (!byte.TryParse(id[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is 0 or > 14) continue;
            if (id.Length > 1 && id[1] is "sendonly" or "inactive") continue;
            var before = ids;
            ids = parts[1] switch
            {
                ExtensionIds.TransportCcUri when ids.TransportCc is null && feedback.Contains("transport-cc") => ids with { TransportCc = number },
                ExtensionIds.PlayoutDelayUri when ids.PlayoutDelay is null => ids with { PlayoutDelay = number },
                ExtensionIds.AbsoluteSendTimeUri when ids.AbsoluteSendTime is null => ids with { AbsoluteSendTime = number },
                _ => ids,
            };
            if (!ReferenceEquals(before, ids)) answers.Add($"{number}{(id.Length > 1 && id[1] == "recvonly" ? "/sendonly" : "")} {parts[1]}");
        }

        return ids with { Answers = answers };
    }

    private static bool IsBundled(SdpSection session, SdpMedia video)
    {
        foreach (var group in session.All("group"))
        {
            var parts = group.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 1 && parts[0] == "BUNDLE" && video.Mid is { } mid && parts.AsSpan(1).Contains(mid)) return true;
        }

        return false;
    }

    private static string ReadIce(SdpSection session, SdpMedia video, string name, int minimum)
    {
        var value = video.Find(name) ?? session.Find(name) ?? "";
        if (value.Length >= minimum && value.Length <= 256 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_' or '=' or '#'))
            return value;
        throw new SdpException(SdpError.NoIceCredentials, $"The offer has no valid a={name}.");
    }

    private static List<byte[]> ReadFingerprints(SdpSection session, SdpMedia video)
    {
        // Firefox writes it at session level, Chromium in each section; the section's own goes first (RFC 8122).
        var lines = (video.Has("fingerprint") ? video : session).All("fingerprint");
        var found = new List<byte[]>();
        foreach (var line in lines)
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || !parts[0].Equals("sha-256", StringComparison.OrdinalIgnoreCase)) continue;
            var octets = parts[1].Split(':');
            var fingerprint = new byte[32];
            if (octets.Length == 32 && ParseHex(octets, fingerprint)) found.Add(fingerprint);
        }

        return found.Count > 0
            ? found
            : throw new SdpException(SdpError.NoFingerprint, "The offer has no valid a=fingerprint:sha-256 of the viewer's certificate.");
    }

    private static bool ParseHex(string[] octets, byte[] target)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i].Length != 2 || !byte.TryParse(octets[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out target[i])) return false;
        }

        return true;
    }
}
