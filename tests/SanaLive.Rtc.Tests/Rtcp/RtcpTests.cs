using System.Buffers.Binary;
using SanaLive.Rtc.Rtcp;
using SanaLive.Rtc.Rtp;
using SanaLive.Rtc.Sdp;
using SanaLive.Rtc.Tests.Rtp;

namespace SanaLive.Rtc.Tests.Rtcp;

public sealed class RtcpTests
{
    [Fact]
    public void MoveNext_Compound_YieldsEachPacketWithoutPadding()
    {
        byte[] datagram = [0x81, 201, 0, 1, 1, 2, 3, 4, 0xA1, 206, 0, 3, 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 4];
        var compound = new RtcpCompound(datagram);

        Assert.True(compound.MoveNext());
        Assert.Equal(RtcpType.ReceiverReport, compound.Current.Type);
        Assert.Equal(1, compound.Current.Count);
        Assert.True(compound.MoveNext());
        Assert.Equal(8, compound.Current.Body.Length);
        Assert.False(compound.MoveNext());
        Assert.False(compound.Broken);
    }

    [Theory]
    [InlineData("80")]
    [InlineData("40c90000")]
    [InlineData("80c90001")]
    [InlineData("a0c9000100000000")]
    [InlineData("a0c9000100000009")]
    [InlineData("a0c90000")]
    public void MoveNext_BrokenFraming_Ends(string hex)
    {
        var compound = new RtcpCompound(Convert.FromHexString(hex));

        Assert.False(compound.MoveNext());
        Assert.True(compound.Broken);
    }

    [Fact]
    public void WriteSenderReport_Bytes()
    {
        var target = new byte[RtcpWriter.MaxLength];
        var length = RtcpWriter.WriteSenderReport(target, 0x01020304, new NtpTime(0x1122334455667788), 0xAABBCCDD, 5, 600, "abc"u8);

        Assert.Equal(
            "80c80006" + "01020304" + "1122334455667788" + "aabbccdd" + "00000005" + "00000258"
            + "81ca0003" + "01020304" + "0103616263000000",
            Convert.ToHexStringLower(target.AsSpan(0, length)));
    }

    [Fact]
    public void SenderReport_AfterAPauseOfManyHours_HasTheTimestampThatTheClockHasNow()
    {
        var time = new ManualTimeProvider();
        var sender = new RtpSender(OfferReader.Read(Repository.Offer("chromium")), new RtcOptions(), StreamNumbers.Random(), new CollectingSink(), time);
        var reports = new SenderReports(sender, "abc", time);
        reports.OnFrame(7);
        time.Advance(TimeSpan.FromHours(20));

        var target = new byte[RtcpWriter.MaxLength];
        reports.Write(target);
        Assert.Equal(unchecked((uint)(7 + 20L * 3600 * 90_000)), BinaryPrimitives.ReadUInt32BigEndian(target.AsSpan(16)));
    }

    [Fact]
    public void WriteBye_IsACompoundThatNamesBothStreams()
    {
        var target = new byte[RtcpWriter.MaxLength];
        var length = RtcpWriter.WriteBye(target, 1, 2, "abc"u8);
        var compound = new RtcpCompound(target.AsSpan(0, length));

        Assert.True(compound.MoveNext());
        Assert.Equal(RtcpType.ReceiverReport, compound.Current.Type);
        Assert.True(compound.MoveNext());
        Assert.Equal(RtcpType.SourceDescription, compound.Current.Type);
        Assert.True(compound.MoveNext());
        Assert.Equal(RtcpType.Bye, compound.Current.Type);
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2], compound.Current.Body.ToArray());
        Assert.False(compound.MoveNext());
        Assert.False(compound.Broken);
    }

    [Fact]
    public void NtpTime_KnownInstant()
    {
        // 1970 began 2,208,988,800 s after 1900.
        var time = NtpTime.From(DateTimeOffset.UnixEpoch.AddMilliseconds(500));

        Assert.Equal(2_208_988_800UL << 32 | 0x8000_0000, time.Value);
        Assert.Equal((2_208_988_800U & 0xFFFF) << 16 | 0x8000, time.Middle);
    }

    [Fact]
    public void ReceptionReport_RoundTrip_IsNowMinusReportMinusDelay()
    {
        var block = new byte[24];
        block[4] = 64;
        BinaryPrimitives.WriteUInt32BigEndian(block, 9);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(12), 450);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(16), 0xFFFF_0000);
        BinaryPrimitives.WriteUInt32BigEndian(block.AsSpan(20), 0x0001_0000);
        var report = ReceptionReport.Read(block);

        Assert.Equal((9u, 0.25, 450u), (report.Ssrc, report.FractionLost, report.Jitter));

        // Across the wrap-around of the 32 middle bits: 1.5 s after the report, of which 1 s was delay.
        Assert.Equal(TimeSpan.FromSeconds(0.5), report.RoundTrip(new NtpTime(0x0000_8000UL << 16)));
        Assert.Null(report.RoundTrip(new NtpTime(0xFFFF_0000UL << 16)));
        Assert.Null((report with { LastSenderReport = 0 }).RoundTrip(new NtpTime(0x0000_8000UL << 16)));
    }

    [Theory]

    // Run length: 3 received with a small delta.
    [InlineData("0001000300000000" + "2003", 3, 0)]

    // Run length: 5 not received.
    [InlineData("0001000500000000" + "0005", 0, 5)]

    // One-bit vector, 14 statuses, ten of which count: 1011 1111 11.
    [InlineData("0001000a00000000" + "aff0", 9, 1)]

    // Two-bit vector: small, large, not received, small.
    [InlineData("0001000400000000" + "d840", 3, 1)]

    // A run and a vector.
    [InlineData("0001000500000000" + "2003" + "c000", 3, 2)]
    public void TransportFeedback_Chunks_AreCounted(string hex, int arrived, int lost)
    {
        Assert.True(TransportFeedback.TryRead(Convert.FromHexString(hex), out var feedback));
        Assert.Equal(new TransportFeedback(arrived, lost), feedback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00010003000000")]
    [InlineData("0001000300000000")]
    [InlineData("000100ff00000000" + "2003")]
    [InlineData("0001000300000000" + "2000")]
    public void TransportFeedback_ShorterThanItSays_IsRefused(string hex) =>
        Assert.False(TransportFeedback.TryRead(Convert.FromHexString(hex), out _));
}
