using SanaLive.Rtc.Rtcp;
using SanaLive.Rtc.Rtp;
using SanaLive.Rtc.Sdp;
using SanaLive.Rtc.Tests.Rtp;

namespace SanaLive.Rtc.Tests.Rtcp;

public sealed class ViewerFeedbackTests
{
    private readonly ManualTimeProvider time = new();
    private readonly CollectingSink sink = new();
    private readonly RtpSender sender;
    private readonly ViewerFeedback feedback;

    public ViewerFeedbackTests()
    {
        var numbers = new StreamNumbers { MediaSsrc = 0x01020304, RtxSsrc = 5, FirstSequence = 100, FirstRtxSequence = 0, FirstPictureId = 0 };
        sender = new RtpSender(OfferReader.Read(Repository.Offer("chromium")), new RtcOptions(), numbers, sink, time);
        feedback = new ViewerFeedback(sender, time);
        sender.Add(new byte[30_000], 0);
        sender.SendWaiting(int.MaxValue);
        sink.Packets.Clear();
    }

    [Fact]
    public void Read_Nack_ResendsThePacketAndThoseOfItsMask()
    {
        // 101, and by the mask 102 and 117.
        feedback.Read(Hex("81cd0003" + "00000001" + "01020304" + "00658001"));

        Assert.Equal([101, 102, 117], sink.Packets.Select(packet => packet.Payload[0] << 8 | packet.Payload[1]));
        Assert.Equal(3, feedback.Describe().Nacks);
    }

    [Fact]
    public void Read_NackForAnotherStream_IsIgnored()
    {
        feedback.Read(Hex("81cd0003" + "00000001" + "01020305" + "00658001"));

        Assert.Empty(sink.Packets);
    }

    [Theory]
    [InlineData("81ce0002" + "00000001" + "01020304")]
    [InlineData("84ce0004" + "00000001" + "00000000" + "01020304" + "07000000")]
    public void Read_PictureLossOrIntraRequest_AsksForAKeyframe(string hex)
    {
        Assert.True(feedback.Read(Hex(hex)).KeyframeRequested);
        Assert.Equal(1, feedback.Describe().KeyframeRequests);
    }

    [Theory]
    [InlineData("81ce0001" + "00000001")]
    [InlineData("84ce0002" + "00000001" + "00000000")]
    [InlineData("8fce0002" + "00000001" + "01020304")]
    [InlineData("81cd0000")]
    [InlineData("81cd0001" + "00000001")]
    [InlineData("9fc90001" + "00000001")]
    public void Read_ShortOrOtherFeedback_AsksForNothing(string hex) => Assert.Equal(default, feedback.Read(Hex(hex)));

    [Fact]
    public void Read_ReceiverReport_FillsTheStatistics()
    {
        feedback.Read(Hex("81c90007" + "00000001" + "01020304" + "80000000" + "00000000" + "00002328" + "00000000" + "00000000"));

        var statistics = feedback.Describe();
        Assert.Equal(0.5, statistics.FractionLost);
        Assert.Equal(TimeSpan.FromSeconds(0.1), statistics.Jitter);
        Assert.Null(statistics.RoundTrip);
    }

    [Fact]
    public void Read_TransportFeedback_CountsLoss()
    {
        feedback.Read(Hex("8fcd0005" + "00000001" + "01020304" + "0001000400000000" + "d8400000"));

        Assert.Equal(0.25, feedback.Describe().TransportLost);
    }

    [Fact]
    public void Read_Bye_IsAGoodbye() => Assert.True(feedback.Read(Hex("80c90001" + "00000001" + "81cb0001" + "00000001")).Goodbye);

    [Fact]
    public void Read_RandomBytes_NeverThrows()
    {
        var random = new Random(11);
        var datagram = new byte[200];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(datagram);
            for (var at = 0; at < datagram.Length; at += 20)
                new byte[] { (byte)(0x80 | random.Next(64)), (byte)random.Next(199, 208), 0, 4 }.CopyTo(datagram, at);
            feedback.Read(datagram.AsSpan(0, random.Next(datagram.Length)));
        }
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
