using SanaLive.Rtc.Dtls;

namespace SanaLive.Rtc.Tests.Dtls;

public sealed class DtlsRecordsTests
{
    [Fact]
    public void NextDatagram_ManyRecords_ArePackedUpToTheMtu()
    {
        byte[] records = [.. Record(400), .. Record(500), .. Record(300)];

        var first = DtlsRecords.NextDatagram(records, 1000);

        Assert.Equal(13 + 400 + 13 + 500, first);
        Assert.Equal(13 + 300, DtlsRecords.NextDatagram(records.AsSpan(first), 1000));
    }

    [Fact]
    public void NextDatagram_RecordOverTheMtu_GoesAlone() =>
        Assert.Equal(13 + 1500, DtlsRecords.NextDatagram([.. Record(1500), .. Record(10)], 1000));

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(20)]
    public void NextDatagram_BrokenTail_GoesAsItIs(int length) => Assert.Equal(length, DtlsRecords.NextDatagram(Record(100).AsSpan(0, length), 1000));

    private static byte[] Record(int length) => [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(length >> 8), (byte)length, .. new byte[length]];
}
