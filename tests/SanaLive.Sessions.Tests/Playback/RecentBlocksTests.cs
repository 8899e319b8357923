using SanaLive.Sessions.Playback;

namespace SanaLive.Sessions.Tests.Playback;

public sealed class RecentBlocksTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly RecentBlocks _recent = new(4);

    [Fact]
    public void Next_NothingYet_IsNothing()
    {
        Assert.Null(_recent.Next(null, Start, false));
        Assert.Null(_recent.Next(0, Start, false));
    }

    [Fact]
    public void Next_NewReader_GetsWhatIsOnAir()
    {
        Fill(10);
        Assert.Equal(8, _recent.Next(null, At(4.2), false)!.Number);
        // Everything is still to come: the first of it.
        Assert.Equal(6, _recent.Next(null, At(0), false)!.Number);
        // Everything is over: the last of it.
        Assert.Equal(9, _recent.Next(null, At(99), false)!.Number);
    }

    [Fact]
    public void Next_ReaderInTime_GetsTheVeryBlockEvenAheadOfTime()
    {
        Fill(10);
        Assert.Equal(9, _recent.Next(9, At(4.2), false)!.Number);
        Assert.Equal(8, _recent.Next(8, At(4.2), false)!.Number);
        Assert.Null(_recent.Next(10, At(4.2), false));
        Assert.Null(_recent.Next(long.MaxValue, At(4.2), false));
    }

    [Fact]
    public void Next_SlowReader_SkipsWhatIsOver()
    {
        Fill(10);
        Assert.Equal(8, _recent.Next(7, At(4.2), false)!.Number);
        Assert.Equal(7, _recent.Next(7, At(4.2), true)!.Number);
        Assert.Equal(8, _recent.Next(2, At(4.2), true)!.Number);
        // The last one there is, over or not.
        Assert.Equal(9, _recent.Next(9, At(60), false)!.Number);
    }

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
            _recent.Add(new EncodedBlock
            {
                Epoch = 0,
                Number = i,
                MediaTime = TimeSpan.FromSeconds(i * 0.5),
                DueAt = At(i * 0.5),
                FramesPerSecond = 16,
                Frames = new ReadOnlyMemory<byte>[8],
                FrameHash = "",
            });
    }

    private static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);
}
