using SanaLive.Rtc.Rtp;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc.Tests.Rtp;

public sealed class RtpSenderTests
{
    private const uint MediaSsrc = 0x11111111;
    private const uint RtxSsrc = 0x22222222;
    private const int TransportCc = 4;

    private readonly ManualTimeProvider time = new();
    private readonly CollectingSink sink = new();

    [Fact]
    public void Add_SmallFrame_IsOnePacketWithMarker()
    {
        var sender = NewSender();
        Send(sender, Frame(100), timestamp: 5625);

        var packet = Assert.Single(sink.Packets);
        Assert.True(packet.Marker);
        Assert.Equal((96, MediaSsrc, 5625u, (ushort)1000), (packet.PayloadType, packet.Ssrc, packet.Timestamp, packet.Sequence));
        Assert.Equal([0x90, 0x80, 0x80, 0x08], packet.Payload[..4]);
        Assert.Equal(Frame(100), packet.Payload[4..]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1150)]
    [InlineData(1151)]
    [InlineData(20_000)]
    [InlineData(2_000_000)]
    public void Add_FrameOfAnySize_ComesOutWhole(int length)
    {
        var sender = NewSender();
        Send(sender, Frame(length), timestamp: 0);

        Assert.Equal(Frame(length), sink.Packets.SelectMany(packet => packet.Payload[4..]));
        Assert.All(sink.Packets, packet => Assert.InRange(packet.Bytes.Length, 1, 1200 - 16));
        Assert.Equal(sink.Packets.Count - 1, sink.Packets.FindIndex(packet => packet.Marker));
        Assert.Equal([true, .. Enumerable.Repeat(false, sink.Packets.Count - 1)], sink.Packets.Select(packet => packet.Payload[0] == 0x90));
        Assert.Equal(Enumerable.Range(1000, sink.Packets.Count), sink.Packets.Select(packet => packet.Sequence + 65536 * (int)packet.Rollover));

        // Equal segments but for the last, so that the system could cut them itself.
        Assert.True(sink.Packets.SkipLast(1).Select(packet => packet.Bytes.Length).Distinct().Count() <= 1);
    }

    [Fact]
    public void Add_ManyFrames_CountsPicturesModulo15Bits()
    {
        var sender = NewSender(firstPictureId: 0x7FFE);
        for (var i = 0; i < 3; i++) Send(sender, Frame(10), timestamp: 0);

        Assert.Equal([0xFF, 0xFF, 0x80, 0x00, 0x80, 0x01], sink.Packets.SelectMany(packet => packet.Payload[2..4]));
    }

    [Fact]
    public void SendWaiting_SequenceNumberWraps_RolloverCounts()
    {
        var sender = NewSender(firstSequence: 32767);
        for (var i = 0; i < 32_769 + 2; i++) Send(sender, Frame(1), timestamp: 0);

        Assert.Equal((ushort)65535, sink.Packets[32768].Sequence);
        Assert.Equal(0u, sink.Packets[32768].Rollover);
        Assert.Equal((ushort)0, sink.Packets[32769].Sequence);
        Assert.Equal(1u, sink.Packets[32769].Rollover);

        // A request for a packet from before the wrap-around finds it, with its old rollover counter.
        sender.Resend(65535);
        Assert.Equal([0xFF, 0xFF], sink.Packets[^1].Payload[..2]);
    }

    [Fact]
    public void Resend_WithRtx_CarriesTheOriginalNumberOnItsOwnStream()
    {
        var sender = NewSender();
        Send(sender, Frame(3000), timestamp: 77);
        var original = sink.Packets[1];

        sender.Resend(original.Sequence);
        sender.Resend(sink.Packets[2].Sequence);

        var rtx = sink.Packets[3];
        Assert.Equal((97, RtxSsrc, 77u), (rtx.PayloadType, rtx.Ssrc, rtx.Timestamp));
        Assert.Equal([(byte)(original.Sequence >> 8), (byte)original.Sequence, .. original.Payload], rtx.Payload);
        Assert.Equal((ushort)500, rtx.Sequence);
        Assert.Equal((ushort)501, sink.Packets[4].Sequence);
        Assert.True(sink.Packets[4].Marker);
    }

    [Fact]
    public void Resend_TransportNumbers_RunOverMediaAndRetransmissions()
    {
        var sender = NewSender();
        Send(sender, Frame(3000), timestamp: 0);
        sender.Resend(1001);
        Send(sender, Frame(10), timestamp: 0);

        Assert.Equal([0, 1, 2, 3, 4], sink.Packets.Select(packet => (int)packet.TransportSequence(TransportCc)));
    }

    [Fact]
    public void Resend_WithoutRtx_IsTheSamePacketToTheLastBit()
    {
        var sender = NewSender(rtx: false);
        Send(sender, Frame(3000), timestamp: 0);
        time.Advance(TimeSpan.FromMilliseconds(50));

        sender.Resend(1001);

        // Anything else under the same SRTP index would be a reused nonce.
        Assert.Equal(sink.Packets[1].Bytes, sink.Packets[3].Bytes);
        Assert.Equal(sink.Packets[1].Rollover, sink.Packets[3].Rollover);
    }

    [Fact]
    public void Resend_AskedAgainWithin10Milliseconds_IsIgnored()
    {
        var sender = NewSender();
        Send(sender, Frame(10), timestamp: 0);
        time.Advance(TimeSpan.FromSeconds(1));

        sender.Resend(1000);
        sender.Resend(1000);
        time.Advance(TimeSpan.FromMilliseconds(9));
        sender.Resend(1000);
        Assert.Equal(1, sender.Resent);

        time.Advance(TimeSpan.FromMilliseconds(1));
        sender.Resend(1000);
        Assert.Equal(2, sender.Resent);
        Assert.Equal(3, sink.Packets.Count);
    }

    [Fact]
    public void Resend_UnknownPacket_IsCounted()
    {
        var sender = NewSender();
        Send(sender, Frame(10), timestamp: 0);
        sender.Resend(4000);

        Assert.Equal(1, sender.NotFound);
        Assert.Single(sink.Packets);
    }

    [Fact]
    public void Resend_Flood_IsBounded()
    {
        var sender = NewSender();
        Send(sender, Frame(500 * 1000), timestamp: 0);
        sink.Packets.Clear();
        for (var round = 0; round < 90; round++)
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            for (var i = 0; i < 400; i++) sender.Resend((ushort)(1000 + i));
        }

        Assert.InRange(sink.Packets.Count, 1, 2000);
    }

    [Fact]
    public void Write_PlayoutDelay_IsZero()
    {
        var sender = NewSender();
        Send(sender, Frame(10), timestamp: 0);

        Assert.Equal([0, 0, 0], sink.Packets[0].Extension(5));
        Assert.Equal(0, sink.Packets[0].HeaderLength % 4);
    }

    [Fact]
    public void Write_SendTime_Is24BitsOfSeconds()
    {
        var sender = NewSender();
        time.Advance(TimeSpan.FromSeconds(64 + 1.5));
        Send(sender, Frame(10), timestamp: 0);

        Assert.Equal([0x06, 0, 0], sink.Packets[0].Extension(2));
    }

    [Fact]
    public void Write_OfferWithoutExtensions_HasAPlainHeader()
    {
        var offer = Offer();
        var sender = new RtpSender(offer with { Extensions = new ExtensionIds() }, new RtcOptions(), Numbers(), sink, time);
        Send(sender, Frame(10), timestamp: 0);

        Assert.Equal(0x80, sink.Packets[0].Bytes[0]);
        Assert.Equal(12, sink.Packets[0].HeaderLength);
    }

    [Fact]
    public void SendAndResend_ManyPackets_AllocateNothing()
    {
        var sender = new RtpSender(Offer(), new RtcOptions(), Numbers(), new NullSink(), time);
        var frame = Frame(20_000);
        for (var i = 0; i < 50; i++) SendAndResend(sender, frame);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++) SendAndResend(sender, frame);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(sender.Resent > 0);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(40, 10)]
    [InlineData(400, 100)]
    public void Pacer_Frame_GoesOutWithinTheWindow(int packets, int perTick)
    {
        var pacer = new Pacer(TimeSpan.FromMilliseconds(20));

        Assert.Equal(perTick, pacer.Begin(packets));
        Assert.Equal(perTick, pacer.Next);
    }

    [Fact]
    public void Pacer_WithoutWindow_SendsEverythingAtOnce() => Assert.Equal(400, new Pacer(TimeSpan.Zero).Begin(400));

    private static void SendAndResend(RtpSender sender, ReadOnlyMemory<byte> frame)
    {
        sender.Add(frame, 0);
        sender.SendWaiting(int.MaxValue);
        sender.Resend((ushort)(999 + sender.PacketsSent));
    }

    private static void Send(RtpSender sender, byte[] frame, uint timestamp)
    {
        sender.Add(frame, timestamp);
        sender.SendWaiting(int.MaxValue);
    }

    private static byte[] Frame(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7 + i / 256))];

    private static Offer Offer() => OfferReader.Read(Repository.Offer("chromium"));

    private static StreamNumbers Numbers(int firstSequence = 1000, int firstPictureId = 7) => new()
    {
        MediaSsrc = MediaSsrc,
        RtxSsrc = RtxSsrc,
        FirstSequence = (ushort)firstSequence,
        FirstRtxSequence = 500,
        FirstPictureId = (ushort)firstPictureId,
    };

    private RtpSender NewSender(bool rtx = true, int firstSequence = 1000, int firstPictureId = 7)
    {
        var offer = Offer();
        return new RtpSender(rtx ? offer : offer with { RtxPayloadType = null }, new RtcOptions(), Numbers(firstSequence, firstPictureId), sink, time);
    }

    private sealed class NullSink : IPacketSink
    {
        public void SendRtp(Span<byte> packet, int headerLength, int length, uint rollover)
        {
        }
    }
}
