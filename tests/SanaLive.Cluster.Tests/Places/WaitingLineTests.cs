using SanaLive.Grains.Places;

namespace SanaLive.Cluster.Tests.Places;

public sealed class WaitingLineTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Positions_are_counted_among_those_that_wait_now_in_the_order_of_their_turns()
    {
        var line = new WaitingLine(new Dictionary<string, long> { ["first"] = 3, ["gone"] = 4, ["second"] = 7 });
        Assert.Equal(["third"], line.Newcomers(["second", "third", "first"]));
        line.Add("third", 9, Now);
        var positions = line.Positions(["third", "second", "first"]);
        Assert.Equal((1, 2, 3), (positions["first"], positions["second"], positions["third"]));
        Assert.False(positions.ContainsKey("gone"));
    }

    [Fact]
    public void A_turn_outlives_a_silo_but_not_a_session_that_nobody_reports_any_more()
    {
        var line = new WaitingLine(new Dictionary<string, long> { ["stays"] = 1, ["goes"] = 2 });
        Assert.Empty(line.Seen([], Now, Patience));
        Assert.Empty(line.Seen(["stays"], Now + Patience / 2, Patience));
        Assert.Equal(["goes"], line.Seen(["stays"], Now + Patience, Patience));
        Assert.Equal(["stays"], line.InOrder());
    }
}
