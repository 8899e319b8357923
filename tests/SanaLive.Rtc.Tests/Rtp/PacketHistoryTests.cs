using SanaLive.Rtc.Rtp;

namespace SanaLive.Rtc.Tests.Rtp;

public sealed class PacketHistoryTests
{
    [Fact]
    public void Find_PacketThatStillWaits_IsNotFound()
    {
        var history = new PacketHistory(64, 100);
        history.Add();

        Assert.Equal(-1, history.Find(100));
        history.TakeNext();
        Assert.Equal(100, history.Find(100));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(32868)]
    [InlineData(65535)]
    public void Find_SequenceThatWasNeverSent_IsNotFound(int sequence)
    {
        var history = new PacketHistory(64, 100);
        history.Add();
        history.TakeNext();

        Assert.Equal(-1, history.Find((ushort)sequence));
    }

    [Fact]
    public void Find_AcrossTheWrapAround_KnowsTheIndex()
    {
        var history = Sent(capacity: 64, first: 65_530, count: 20);

        Assert.Equal(65_530, history.Find(65_530));
        Assert.Equal(65_535, history.Find(65_535));
        Assert.Equal(65_536, history.Find(0));
        Assert.Equal(65_549, history.Find(13));
        Assert.Equal(-1, history.Find(14));
    }

    [Fact]
    public void Find_OnlyTheNewest_AreKept()
    {
        var history = Sent(capacity: 64, first: 0, count: 200);

        Assert.Equal(-1, history.Find(135));
        Assert.Equal(136, history.Find(136));
        Assert.Equal(199, history.Find(199));
    }

    [Fact]
    public void Find_SlotTakenByAWaitingPacket_IsNotFound()
    {
        var history = Sent(capacity: 64, first: 0, count: 64);
        history.Add();

        Assert.Equal(-1, history.Find(0));
        Assert.Equal(1, history.Find(1));
    }

    [Fact]
    public void Capacity_IsRoundedUpToAPowerOfTwo() => Assert.Equal(1024, new PacketHistory(513, 0).Capacity);

    [Fact]
    public void Add_FullOfWaitingPackets_Throws()
    {
        var history = new PacketHistory(64, 0);
        for (var i = 0; i < 64; i++) history.Add();

        Assert.Throws<InvalidOperationException>(() => { history.Add(); });
    }

    private static PacketHistory Sent(int capacity, long first, int count)
    {
        var history = new PacketHistory(capacity, first);
        for (var i = 0; i < count; i++)
        {
            history.Add();
            history.TakeNext();
        }

        return history;
    }
}
