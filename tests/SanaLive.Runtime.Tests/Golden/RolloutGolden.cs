using System.Globalization;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>h5: long streams, unlimited and windowed, re-based at every block (the runtime has no other way).</summary>
internal static class RolloutGolden
{
    public static void Run(GoldenCase golden)
    {
        using var bench = new StreamBench(golden);
        var plan = SamplingPlan.LongSana(
            [.. golden.Meta.GetProperty("denoising_step_list").EnumerateArray().Select(step => step.GetSingle())],
            new FlowSchedule(golden.Meta.GetProperty("flow_shift").GetDouble()));
        var borders = golden.Integers("chunk_indices");
        foreach (var run in golden.Names.Where(name => name.EndsWith(".latents_btchw", StringComparison.Ordinal)).Select(name => name[..^".latents_btchw".Length]).ToArray())
        {
            var policy = run.StartsWith("win", StringComparison.Ordinal) ? StatePolicy.OfWindow(int.Parse(run.AsSpan(3), CultureInfo.InvariantCulture)) : StatePolicy.Sum;
            using var state = bench.CreateState(policy, borders);
            var draw = 0;
            for (var block = 0; block + 1 < borders.Length; block++)
            {
                var (from, to) = ((int)borders[block], (int)borders[block + 1]);
                var lastBlock = block + 2 == borders.Length;
                if (lastBlock)
                    LongSanaGolden.CheckTotals(golden, state, $"{run}.last_block_cache_in");
                var past = state.Past();
                var x = bench.Noise(from, to);
                for (var step = 0; step < plan.Steps; step++)
                {
                    var flow = bench.Forward(x, to - from, plan.Timestep(step), bench.Text(0), past, null);
                    plan.Step(step, x, flow, plan.NeedsNoise(step) ? bench.Drawn($"renoise{draw++:000}", to - from) : []);
                }

                var own = state.BeginBlock();
                bench.Forward(x, to - from, 0, bench.Text(0), past, own);
                state.Commit(x, to - from);
                bench.CheckLatents($"{run}.latents_btchw", x, from, to);
                if (lastBlock)
                    LongSanaGolden.CheckSums(golden, state.LastFromStart(), state.TailAfter, $"{run}.last_block_own");
            }
        }
    }
}
