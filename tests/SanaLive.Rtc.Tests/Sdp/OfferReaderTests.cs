using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc.Tests.Sdp;

public sealed class OfferReaderTests
{
    [Fact]
    public void Read_Chromium_FindsEverything()
    {
        var offer = OfferReader.Read(Repository.Offer("chromium"));

        Assert.Equal(96, offer.Vp8PayloadType);
        Assert.Equal((byte)97, offer.RtxPayloadType);
        Assert.Equal(["nack", "nack pli", "ccm fir", "transport-cc"], offer.Feedback);
        Assert.Equal((byte)4, offer.Extensions.TransportCc);
        Assert.Equal((byte)5, offer.Extensions.PlayoutDelay);
        Assert.Equal((byte)2, offer.Extensions.AbsoluteSendTime);
        Assert.Equal("zUXj", offer.IceUserFragment);
        Assert.Equal("5trrcEU0AdCmjPFQTOTtOMxs", offer.IcePassword);
        Assert.True(offer.Bundled);
        var fingerprint = Assert.Single(offer.Fingerprints);
        Assert.Equal(0x3B, fingerprint[0]);
        Assert.Equal(0xBF, fingerprint[31]);
    }

    [Fact]
    public void Read_Firefox_TakesTheFingerprintFromTheSession()
    {
        var offer = OfferReader.Read(Repository.Offer("firefox"));

        Assert.Equal(120, offer.Vp8PayloadType);
        Assert.Equal((byte)124, offer.RtxPayloadType);
        Assert.Equal(0x91, Assert.Single(offer.Fingerprints)[0]);
        Assert.Equal((byte)7, offer.Extensions.TransportCc);
        Assert.Equal((byte)6, offer.Extensions.PlayoutDelay);
        Assert.Contains("6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", offer.Extensions.Answers);
    }

    [Fact]
    public void Read_Aiortc_HasNoTransportFeedbackAndNoPlayoutDelay()
    {
        var offer = OfferReader.Read(Repository.Offer("aiortc"));

        Assert.Equal(97, offer.Vp8PayloadType);
        Assert.Equal((byte)98, offer.RtxPayloadType);
        Assert.Equal(["nack", "nack pli"], offer.Feedback);
        Assert.Null(offer.Extensions.TransportCc);
        Assert.Null(offer.Extensions.PlayoutDelay);
        Assert.Equal((byte)2, offer.Extensions.AbsoluteSendTime);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"type\":\"offer\"}")]
    [InlineData("v=0\r\nthis is not a line\r\n")]
    [InlineData("v=0\r\nm=video\r\n")]
    [InlineData("v=0\r\nm=video x UDP/TLS/RTP/SAVPF 96\r\n")]
    [InlineData("v=0\r\nm=video 99999 UDP/TLS/RTP/SAVPF 96\r\n")]
    [InlineData("v=0\r\na=mid:\0\r\n")]
    public void Read_NotSdp_IsMalformed(string text) => Refuses(SdpError.Malformed, text);

    [Fact]
    public void Read_OverlongSdp_IsMalformed() => Refuses(SdpError.Malformed, "v=0\r\n" + new string('\n', 70_000));

    [Fact]
    public void Read_ThousandMediaSections_IsMalformed() =>
        Refuses(SdpError.Malformed, "v=0\r\n" + string.Concat(Enumerable.Repeat("m=video 9 RTP/SAVPF 96\r\n", 1000)));

    [Fact]
    public void Read_OnlyAudio_HasNoVideo() => Refuses(SdpError.NoVideo, Change("m=video 9", "m=audio 9"));

    [Fact]
    public void Read_RejectedVideo_HasNoVideo() => Refuses(SdpError.NoVideo, Change("m=video 9", "m=video 0"));

    [Fact]
    public void Read_BundleOnlyVideo_IsAccepted()
    {
        var offer = OfferReader.Read(Change("m=video 9", "m=video 0").Replace("a=mid:0", "a=mid:0\r\na=bundle-only", StringComparison.Ordinal));

        Assert.Equal("0", offer.Video.Mid);
    }

    [Theory]
    [InlineData("sendonly")]
    [InlineData("inactive")]
    public void Read_VideoThatDoesNotReceive_IsRefused(string direction) => Refuses(SdpError.NotReceiving, Change("a=recvonly", $"a={direction}"));

    [Fact]
    public void Read_WithoutVp8_HasNoCommonCodec() => Refuses(SdpError.NoCommonCodec, Change("VP8/90000", "VP7/90000"));

    [Fact]
    public void Read_PayloadTypeThatLooksLikeRtcp_HasNoCommonCodec() =>
        Refuses(SdpError.NoCommonCodec, "v=0\r\n" + Minimal.Replace("96", "72", StringComparison.Ordinal));

    [Fact]
    public void Read_WithoutFingerprint_SaysSo() => Refuses(SdpError.NoFingerprint, Change("a=fingerprint:sha-256", "a=fingerprint:sha-1"));

    [Theory]
    [InlineData("a=fingerprint:sha-256 3B:5C")]
    [InlineData("a=fingerprint:sha-256 ZZ:5C:1C:2E:0C:CC:24:A0:A8:03:4F:3A:AF:60:98:C1:A9:97:12:06:D4:B3:92:B7:7A:5B:C6:45:8D:2C:9B:BF")]
    [InlineData("a=fingerprint:")]
    public void Read_BrokenFingerprint_SaysSo(string line) =>
        Refuses(SdpError.NoFingerprint, "v=0\r\n" + string.Join("\r\n", Minimal.Split("\r\n").Select(l => l.StartsWith("a=fingerprint", StringComparison.Ordinal) ? line : l)));

    [Theory]
    [InlineData("a=setup:passive")]
    [InlineData("a=setup:holdconn")]
    [InlineData("a=x:y")]
    public void Read_WithoutUsableSetup_SaysSo(string line) => Refuses(SdpError.NoDtlsSetup, Change("a=setup:actpass", line));

    [Fact]
    public void Read_WithoutIcePassword_SaysSo() => Refuses(SdpError.NoIceCredentials, Change("a=ice-pwd", "a=ice-pw"));

    [Fact]
    public void Read_PlainRtp_IsAnUnsupportedTransport() => Refuses(SdpError.UnsupportedTransport, Change("UDP/TLS/RTP/SAVPF", "RTP/AVP"));

    [Fact]
    public void Read_WithoutRtcpMux_IsAnUnsupportedTransport() => Refuses(SdpError.UnsupportedTransport, Change("a=rtcp-mux", "a=rtcp-mu"));

    [Fact]
    public void Read_ExtensionIdsThatNeedTwoBytes_AreLeftOut()
    {
        var offer = OfferReader.Read(Change("a=extmap:5 ", "a=extmap:15 "));

        Assert.Null(offer.Extensions.PlayoutDelay);
        Assert.NotNull(offer.Extensions.TransportCc);
    }

    [Fact]
    public void Read_RtxOfAnotherCodec_IsNotTaken() => Assert.Null(OfferReader.Read(Change("a=fmtp:97 apt=96", "a=fmtp:97 apt=98")).RtxPayloadType);

    [Theory]
    [InlineData("chromium")]
    [InlineData("firefox")]
    [InlineData("aiortc")]
    public void Read_EveryPrefixOfAnOffer_IsRefusedOrAnswered(string name)
    {
        var text = Repository.Offer(name);
        for (var length = 0; length < text.Length; length += 7) ReadsOrRefuses(text[..length]);
    }

    [Fact]
    public void Read_MutatedOffers_AreRefusedOrAnswered()
    {
        var random = new Random(7);
        var original = Repository.Offer("chromium");
        for (var round = 0; round < 3000; round++)
        {
            var text = original.ToCharArray();
            for (var change = random.Next(1, 12); change > 0; change--) text[random.Next(text.Length)] = (char)random.Next(0, 300);
            ReadsOrRefuses(new string(text));
        }
    }

    /// <summary>The body of a smallest offer, without its first line.</summary>
    private const string Minimal =
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\na=rtcp-mux\r\na=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n"
        + "a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F\r\na=rtpmap:96 VP8/90000\r\n";

    private static string Change(string from, string to)
    {
        var text = Repository.Offer("chromium");
        Assert.Contains(from, text, StringComparison.Ordinal);
        return text.Replace(from, to, StringComparison.Ordinal);
    }

    private static void Refuses(SdpError error, string text)
    {
        var refusal = Assert.Throws<SdpException>(() => OfferReader.Read(text));
        Assert.Equal(error, refusal.Error);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
    }

    private static void ReadsOrRefuses(string text)
    {
        try
        {
            OfferReader.Read(text);
        }
        catch (SdpException refusal)
        {
            // Any other exception fails the test.
            Assert.NotEmpty(refusal.Message);
        }
    }
}
