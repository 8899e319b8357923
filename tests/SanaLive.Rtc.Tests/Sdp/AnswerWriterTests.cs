using System.Net;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc.Tests.Sdp;

public sealed class AnswerWriterTests
{
    private static readonly AnswerFacts Facts = new()
    {
        SessionId = 42,
        IceUserFragment = "ourfragment",
        IcePassword = "ourpasswordourpasswordour",
        Fingerprint = "AB:CD",
        MediaSsrc = 111,
        RtxSsrc = 222,
        CanonicalName = "name",
        EndPoints = [new IPEndPoint(IPAddress.Parse("203.0.113.7"), 8189), new IPEndPoint(IPAddress.Parse("2001:db8::7"), 8189)],
    };

    [Fact]
    public void Write_Chromium_AcceptsVideoAndRejectsAudio()
    {
        var answer = Lines("chromium");

        Assert.Contains("m=video 8189 UDP/TLS/RTP/SAVPF 96 97", answer);
        Assert.Contains("a=sendonly", answer);
        Assert.Contains("a=setup:passive", answer);
        Assert.Contains("a=ice-lite", answer);
        Assert.Contains("a=group:BUNDLE 0", answer);
        Assert.Contains("a=fmtp:97 apt=96", answer);
        Assert.Contains("a=rtcp-fb:96 nack pli", answer);
        Assert.Contains("a=rtcp-rsize", answer);
        Assert.Contains("a=ssrc-group:FID 111 222", answer);
        Assert.Contains("a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", answer);
        Assert.Contains("a=candidate:1 1 udp 2130706431 203.0.113.7 8189 typ host", answer);
        Assert.Contains("a=candidate:2 1 udp 2130706175 2001:db8::7 8189 typ host", answer);

        // The rejected audio section keeps its place and its mid.
        Assert.Equal(2, answer.Count(line => line.StartsWith("m=", StringComparison.Ordinal)));
        Assert.True(answer.IndexOf("m=audio 0 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126") > answer.IndexOf("a=sendonly"));
        Assert.Contains("a=mid:1", answer);
    }

    [Fact]
    public void Write_Firefox_UsesItsPayloadTypesAndIds()
    {
        var answer = Lines("firefox");

        Assert.Contains("m=video 8189 UDP/TLS/RTP/SAVPF 120 124", answer);
        Assert.Contains("a=extmap:6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", answer);
        Assert.Contains("a=rtcp-fb:120 transport-cc", answer);
    }

    [Fact]
    public void Write_OfferWithoutRtx_HasNoRtx()
    {
        var offer = OfferReader.Read(Repository.Offer("chromium").Replace("a=fmtp:97 apt=96", "a=fmtp:97 apt=98", StringComparison.Ordinal));
        var answer = AnswerWriter.Write(offer, Facts);

        Assert.DoesNotContain("rtx", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("FID", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("222", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EveryLine_EndsWithCrLf()
    {
        var answer = AnswerWriter.Write(OfferReader.Read(Repository.Offer("aiortc")), Facts);

        Assert.EndsWith("\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(answer.Count(c => c == '\n'), answer.Count(c => c == '\r'));
    }

    private static List<string> Lines(string name) =>
        [.. AnswerWriter.Write(OfferReader.Read(Repository.Offer(name)), Facts).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
}
