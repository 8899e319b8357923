using SanaLive.Sessions.Playback;

namespace SanaLive.Sessions.Tests.Playback;

public sealed class AdaptiveLeadTests
{
    private readonly AdaptiveLead _lead = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));

    [Fact]
    public void Lead_BeforeTheFirstBlock_IsTwoBlocks() => Assert.Equal(1, _lead.Lead.TotalSeconds, 6);

    [Fact]
    public void Lead_LongestIsShorterThanTwoBlocks_IsTheLongest() =>
        Assert.Equal(0.7, new AdaptiveLead(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.7)).Lead.TotalSeconds, 6);

    [Fact]
    public void Made_BlocksAreQuickAndSteady_LeadComesDownToWhatOneTakes()
    {
        Make(0.1, blocks: 200);
        // A block to show, 0.1 s to make, and the margin of a tenth of a block.
        Assert.Equal(0.65, _lead.Lead.TotalSeconds, 2);
    }

    [Fact]
    public void Made_BlocksAreUnsteady_LeadIsLongerThanTheSlowestOfThem()
    {
        for (var i = 0; i < 200; i++) Make(i % 2 == 0 ? 0.1 : 0.2);
        Assert.True(_lead.Lead.TotalSeconds > 0.5 + 0.2 + 0.05, $"{_lead.Lead}");
    }

    [Fact]
    public void Made_ANewSceneTakesLonger_LeadLeavesTimeForACut()
    {
        Make(0.25, newScene: true);
        Make(0.1, blocks: 200);
        Assert.Equal(0.5 + 0.25 + 0.05, _lead.Lead.TotalSeconds, 2);
        Make(0.15, newScene: true);
        Make(0.1, blocks: 200);
        Assert.Equal(0.5 + 0.2 + 0.05, _lead.Lead.TotalSeconds, 2);
    }

    [Fact]
    public void Made_OneBlockLate_LeadGrowsAtOnceByMoreThanItWasLate()
    {
        Make(0.1, blocks: 200);
        var before = _lead.Lead;
        Make(0.3, spare: -0.15);
        Assert.True(_lead.Lead - before >= TimeSpan.FromSeconds(0.3), $"from {before} to {_lead.Lead}");
    }

    [Fact]
    public void Made_InTimeAgainAfterALateOne_LeadShrinksSlowly()
    {
        Make(0.1, blocks: 200);
        Make(0.3, spare: -0.15);
        var grown = _lead.Lead.TotalSeconds;
        Make(0.1, blocks: 4);
        Assert.InRange(_lead.Lead.TotalSeconds, 0.65 + 0.6 * (grown - 0.65), grown);
        var last = _lead.Lead;
        for (var i = 0; i < 100; i++)
        {
            Make(0.1);
            Assert.True(_lead.Lead <= last, "It went up again.");
            last = _lead.Lead;
        }

        Assert.Equal(0.65, last.TotalSeconds, 2);
    }

    [Fact]
    public void Made_LateWhenNobodyWatched_LeadDoesNotGrowForIt()
    {
        Make(0.1, blocks: 200);
        _lead.Made(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(0.1), spare: null, newScene: false, streams: 1);
        Assert.Equal(0.65, _lead.Lead.TotalSeconds, 2);
    }

    [Fact]
    public void Made_OthersShareTheEngine_LeadLeavesTimeForABlockOfEach()
    {
        for (var i = 0; i < 200; i++) Make(0.1, streams: 3);
        Assert.Equal(0.5 + 3 * 0.1 + 0.05, _lead.Lead.TotalSeconds, 2);
    }

    [Theory]
    [InlineData(5, -5)]
    [InlineData(1e6, -1e6)]
    [InlineData(-3600, 3600)]
    public void Made_MuchTooSlowOrTheSystemsClockWasSet_LeadStaysWithinItsBounds(double took, double spare)
    {
        for (var i = 0; i < 20; i++)
        {
            Make(took, spare: spare);
            Assert.InRange(_lead.Lead.TotalSeconds, 0.5, 1.5);
        }
    }

    private void Make(double took, double? spare = 0.2, bool newScene = false, int streams = 1, int blocks = 1)
    {
        for (var i = 0; i < blocks; i++)
            _lead.Made(TimeSpan.FromSeconds(took), TimeSpan.FromSeconds(took), spare is { } s ? TimeSpan.FromSeconds(s) : null, newScene, streams);
    }
}
