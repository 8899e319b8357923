using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class EngineSpeedTests
{
    private readonly EngineSpeed _speed = new();

    [Fact]
    public void BlocksPerSecond_BeforeTheFirstBlock_IsNone() => Assert.Equal(0, _speed.BlocksPerSecond);

    [Fact]
    public void Add_OneBlockAmongManyTakesLong_SaysNothing()
    {
        foreach (var ms in new[] { 100, 100, 5_000, 100, 100 })
            _speed.Add(TimeSpan.FromMilliseconds(ms));
        Assert.Equal(10, _speed.BlocksPerSecond, 6);
    }

    [Fact]
    public void Add_TheStartWasUnderLoad_IsForgotten()
    {
        _speed.Add(TimeSpan.FromMilliseconds(500));
        Assert.Equal(2, _speed.BlocksPerSecond, 6);
        for (var i = 0; i < 3; i++)
            _speed.Add(TimeSpan.FromMilliseconds(125));
        Assert.Equal(8, _speed.BlocksPerSecond, 6);
    }

    [Fact]
    public void Add_TheProcessorGetsBusy_IsNoticedWithinTheBlocksThatAreRemembered()
    {
        for (var i = 0; i < 1000; i++)
            _speed.Add(TimeSpan.FromMilliseconds(100));
        for (var i = 0; i <= EngineSpeed.Remembered / 2; i++)
            _speed.Add(TimeSpan.FromMilliseconds(200));
        Assert.Equal(5, _speed.BlocksPerSecond, 6);
    }

    [Fact]
    public void Add_AClockThatStandsStill_IsNoInfinity()
    {
        _speed.Add(TimeSpan.Zero);
        Assert.True(double.IsFinite(_speed.BlocksPerSecond));
    }
}
