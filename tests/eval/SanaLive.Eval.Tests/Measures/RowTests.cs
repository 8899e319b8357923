using SanaLive.Eval.Measures;
using SanaLive.Eval.Reporting;

namespace SanaLive.Eval.Tests.Measures;

public sealed class RowTests
{
    [Fact]
    public void Following_CountsOnlyTheStreamsThatNameTheAttribute()
    {
        StreamResult[] streams =
        [
            Stream(new() { ["biome"] = "sea" }, new() { ["biome"] = "sea", ["time"] = "night" }),
            Stream(new() { ["biome"] = "sea" }, new() { ["biome"] = "city", ["time"] = "night" }),
            Stream(new() { ["time"] = "day" }, new() { ["biome"] = "city", ["time"] = "day" }),
        ];
        var rows = Following.Rows(streams, ["biome", "time", "style"]).ToArray();
        Assert.Equal(["following.biome", "following.time"], rows.Select(row => row.Key));
        Assert.Equal([.5, 1], rows.Select(row => row.Result.Value));
        Assert.Contains("1 sea as city", rows[0].Note, StringComparison.Ordinal);
        Assert.False(rows[0].Passes);
        Assert.True(rows[1].Passes);
    }

    [Fact]
    public void Cues_SeenTooLate_OrLosingAnotherAttribute_Count()
    {
        CueResult[] results = [Cue(0, "sea"), Cue(EvalSize.BlocksToReach - 1, "sea"), Cue(EvalSize.BlocksToReach, "sea"), Cue(-1, "city")];
        var rows = Cues.Rows(results);
        Assert.Equal(.5, rows[0].Result.Value);
        Assert.Equal(.75, rows[1].Result.Value);
        Assert.Contains("lost: 1 biome", rows[1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Drift_IsPairedByStream_AndItsLowerEndDecides()
    {
        var results = Enumerable.Range(0, 14).Select(i => Long(.9, i == 0 ? .5 : .9)).ToArray();
        var row = Drift.Rows(results).Single(row => row.Key == "drift.difference");
        Assert.Equal(-.4 / 14, row.Result.Value, 1e-9);
        Assert.False(row.Passes);
        Assert.True(Drift.Rows([.. results.Skip(1)]).Single(row => row.Key == "drift.difference").Passes);
    }

    [Fact]
    public void Speed_IsSetByTheDrawingsThatItCanRead_AndDirectionCounts()
    {
        RenderResult[] drawings = [Drawing("forest", "clear", 10, 9), Drawing("city", "clear", -60, -54), Drawing("meadow", "clear", 60, 54), Drawing("sea", "clear", 60, 0), Drawing("city", "snow", 30, 1)];
        SpeedResult[] streams = [new(-60, -54), new(10, -9), new(25, 22.5)];
        var rows = new Speed(drawings).Rows(streams).ToArray();
        Assert.Equal(0, rows[0].Result.Value, 1e-9);
        Assert.Contains("3 drawings", rows[0].Note, StringComparison.Ordinal);
        Assert.Equal(0, rows[1].Result.Value, 1e-9);
        Assert.Contains("2 within", rows[1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Speed_WithoutDrawingsThatItCanRead_SaysThatItCannotTellItsError() =>
        Assert.True(double.IsNaN(new Speed([Drawing("sea", "rain", 10, 1)]).Rows([new(10, 10)]).First().Result.Value));

    [Fact]
    public void StartImages_CountWhatAPictureShows_NotItsMotion()
    {
        StartImageResult[] results =
        [
            new(new() { ["biome"] = "sea", ["time"] = "day", ["speed"] = "fast" }, new() { ["biome"] = "sea", ["time"] = "night", ["speed"] = "slow" }, 30),
            new(new() { ["biome"] = "city", ["time"] = "day", ["speed"] = "fast" }, new() { ["biome"] = "city", ["time"] = "day", ["speed"] = "slow" }, 28),
        ];
        var rows = StartImages.Rows(results, ["biome", "time"]);
        Assert.Equal([29, .75], rows.Select(row => row.Result.Value));
        Assert.Contains("lost: 1 time", rows[1].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_HasFiguresAsPlainNumbers_AndIntervalsUnderTheSameNames()
    {
        Row[] rows =
        [
            new("following.biome", "", new(.95, .9, .99), Limit.AtLeast(.95), ""), new("psnr", "", new(33.25, 33, 34), Limit.AtLeast(32), ""),
            new("speedError", "", new(double.NaN, double.NaN, double.NaN), Limit.AtMost(.15), ""),
        ];
        Assert.Equal(
            """{"following":{"biome":0.95},"psnr":33.25,"speedError":null,"intervals":{"following":{"biome":[0.9,0.99]},"psnr":[33,34],"speedError":[null,null]}}""",
            Table.Json(rows));
        Assert.False(rows[2].Passes);
    }

    private static StreamResult Stream(Dictionary<string, string> named, Dictionary<string, string> seen) => new("", named, "", seen, 1, 1);

    private static RenderResult Drawing(string biome, string weather, double asked, double measured) =>
        new(new() { ["biome"] = biome, ["weather"] = weather, ["subject"] = "train" }, [], asked, measured, 30, 1);

    private static CueResult Cue(int reached, string biome) =>
        new("", "", "time", "night", reached, new() { ["biome"] = "sea", ["time"] = "day" }, new() { ["biome"] = biome, ["time"] = "night" });

    private static DriftResult Long(double early, double late) =>
        new("", [], [new DriftLook(1, new() { ["biome"] = early }, ""), new DriftLook(10, new() { ["biome"] = late }, "")]);
}
