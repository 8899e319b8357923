using System.Security.Cryptography;
using SanaLive.Eval.Inputs;
using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>One seed and schedule, twice.</summary>
internal static class Repeated
{
    private const ulong Seed = 50_001;
    private const int Half = 4;

    public static async Task<Row> RunAsync(EvalContext context, Sentence first, Sentence cue, CancellationToken cancellation)
    {
        var same = await context.Journal.GetAsync("repeated", async () =>
            await HashAsync(context, first, cue, cancellation) == await HashAsync(context, first, cue, cancellation) ? 1 : 0);
        return new Row("bitIdentical", "twice the same, bit for bit", new Interval(same, same, same), Limit.AtLeast(1), $"{2 * Half} blocks with a cue, made twice");
    }

    private static async Task<string> HashAsync(EvalContext context, Sentence first, Sentence cue, CancellationToken cancellation)
    {
        using var take = new Take(context, Seed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in new[] { first.Text, cue.Text })
        {
            await take.SayAsync(text, cancellation);
            for (var i = 0; i < Half; i++)
                hash.AppendData(await take.MakeAsync(decode: true, cancellation));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
