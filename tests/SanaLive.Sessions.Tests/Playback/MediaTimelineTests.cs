using SanaLive.Sessions.Playback;

namespace SanaLive.Sessions.Tests.Playback;

public sealed class MediaTimelineTests
{
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(41.0 / 16);
    private readonly MediaTimeline _timeline = new(Block);

    [Fact]
    public void At_WhileBlocksLastAlike_IsNumberTimesDuration()
    {
        for (var block = 0; block < 5; block++) _timeline.Made(block, Block);
        Assert.Equal(7 * Block, _timeline.At(7));
        Assert.Equal(TimeSpan.Zero, _timeline.At(0));
    }

    [Fact]
    public void Made_ALongerBlock_MovesAllThatComeAfterIt_AndNoneBefore()
    {
        _timeline.Made(0, Long);
        _timeline.Made(1, Block);
        _timeline.Made(2, Long);
        Assert.Equal([TimeSpan.Zero, Long, Long + Block, Long + Block + Long, Long + Block + Long + Block], Enumerable.Range(0, 5).Select(block => _timeline.At(block)));
    }

    [Fact]
    public void Made_Again_CountsOnce()
    {
        for (var i = 0; i < 3; i++)
        {
            _timeline.Made(0, Long);
            _timeline.Made(1, Long);
        }

        Assert.Equal(Long + Long, _timeline.At(2));
        _timeline.Made(0, Block);
        Assert.Equal(2 * Block, _timeline.At(2));
    }

    [Fact]
    public void Begin_InTheMiddle_GoesOnFromThere_AndReachesBackNoFurtherThanTheBeginning()
    {
        _timeline.Begin(100, TimeSpan.FromSeconds(250.0625));
        Assert.Equal(TimeSpan.FromSeconds(252.5625), _timeline.At(101));
        Assert.Equal(TimeSpan.FromSeconds(247.5625), _timeline.At(99));
        _timeline.Begin(3, TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, _timeline.At(0));
        _timeline.Begin(4, null);
        Assert.Equal(4 * Block, _timeline.At(4));
    }

    [Fact]
    public void Made_BeforeTheBeginning_IsBelieved()
    {
        _timeline.Begin(10, 10 * Block);
        _timeline.Made(5, Long);
        Assert.Equal(5 * Block + Long + 9 * Block, _timeline.At(15));
    }

    [Fact]
    public void Made_AStreamOfNothingButCuts_TakesNoMoreMemoryAndStaysExactAtItsEnd()
    {
        for (var block = 0; block < 5000; block++) _timeline.Made(block, Long);
        Assert.Equal(5000 * Long, _timeline.At(5000));
    }
}
