using System.Globalization;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>b3: rope tables of both reference codes, and the timestep embedding.</summary>
internal static partial class TableGolden
{
    public static void Run(GoldenCase golden)
    {
        var grid = new TokenGrid(golden.Meta.GetProperty("n").GetInt32(), golden.Meta.GetProperty("h").GetInt32(), golden.Meta.GetProperty("w").GetInt32());
        var tables = 0;
        foreach (var name in golden.Names.ToArray())
        {
            if (TableName().Match(name) is not { Success: true } match)
                continue;
            var headDim = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            var start = match.Groups[2].Success ? long.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
            var (cos, sin) = Rope.Table(headDim, grid, start);
            var table = match.Groups[3].Value == "cos" ? cos : sin;
            var repeat = (int)(golden.Doubles(name).Length / (double)table.Length);
            golden.Check(name, [.. table.SelectMany(value => Enumerable.Repeat((float)value, repeat))]);
            tables++;
        }

        Assert.True(tables > 0, "The case holds no tables.");
        var timesteps = golden.Floats("in.timesteps");
        var rows = new float[timesteps.Length * TimestepEmbedding.Width];
        TimestepEmbedding.Write(timesteps, rows);
        golden.Check("timestep_proj256", rows);
    }

    [GeneratedRegex(@"^\w+\.hd(\d+)(?:\.start(\d+))?\.(cos|sin)$")]
    private static partial Regex TableName();
}
