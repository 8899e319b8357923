using SanaLive.Sessions.Playback;

namespace SanaLive.Sessions.Tests.Playback;

public sealed class MediaClockTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly MediaClock _clock = new(new MediaTimeline(TimeSpan.FromSeconds(0.5)), TimeSpan.FromSeconds(1));

    [Fact]
    public void Publish_FirstBlock_IsDueAtOnce()
    {
        Assert.False(_clock.IsRunning);
        Assert.Equal(Start, _clock.Publish(0, Start));
        Assert.Equal(At(0.5), _clock.DueAt(1));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void Publish_InTime_IsDueWhenTheOneBeforeEnds()
    {
        _clock.Publish(0, Start);
        Assert.Equal(At(0.5), _clock.Publish(1, At(0.1)));
        Assert.Equal(At(1), _clock.Publish(2, At(1)));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void Publish_TooLate_MovesEverythingAfterIt()
    {
        _clock.Publish(0, Start);
        Assert.Equal(At(0.7), _clock.Publish(1, At(0.7)));
        Assert.Equal(At(1.2), _clock.DueAt(2));
        Assert.Equal(1, _clock.Stalls);
    }

    [Fact]
    public void Publish_TooLateForNobody_IsNoStall()
    {
        _clock.Publish(0, Start);
        Assert.Equal(At(9), _clock.Publish(1, At(9), watched: false));
        Assert.Equal(0, _clock.Stalls);
    }

    [Theory]
    [InlineData(1, 0.0, 0.0)]
    [InlineData(2, 0.0, 0.5)]
    [InlineData(2, 0.3, 0.2)]
    [InlineData(2, 0.5, 0.0)]
    [InlineData(2, 3.0, -2.5)]
    public void WaitBefore_ABlock_KeepsItsEndWithinTheLead(long block, double now, double wait)
    {
        _clock.Publish(0, Start);
        Assert.Equal(wait, _clock.WaitBefore(block, At(now)).TotalSeconds, 6);
    }

    [Fact]
    public void WaitBefore_ClockWasSetBack_DoesNotWaitForHours()
    {
        _clock.Publish(0, Start);
        Assert.Equal(TimeSpan.Zero, _clock.WaitBefore(1, At(-3600)));
        Assert.Equal(At(-3600), _clock.Publish(1, At(-3600)));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void Continue_WhileTheLastBlockIsShown_KeepsTheClock()
    {
        _clock.Publish(0, Start);
        _clock.Continue(1, At(0.4));
        Assert.True(_clock.IsRunning);
        _clock.Continue(1, At(0.6));
        Assert.False(_clock.IsRunning);
        Assert.Equal(At(0.9), _clock.Publish(1, At(0.9)));
        Assert.Equal(0, _clock.Stalls);
    }

    [Fact]
    public void DueAt_AfterAYear_HasNotDrifted()
    {
        _clock.Publish(0, Start);
        const long aYear = 2L * 365 * 24 * 3600;
        Assert.Equal(Start.AddDays(365), _clock.DueAt(aYear));
    }

    private static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);
}
