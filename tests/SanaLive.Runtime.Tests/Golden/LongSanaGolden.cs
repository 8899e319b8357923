using System.Globalization;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>h2: whole streams call by call: every input, flow, clean guess and state, with prompt switches and windows.</summary>
internal static partial class LongSanaGolden
{
    public static void Run(GoldenCase golden)
    {
        using var bench = new StreamBench(golden);
        var schedule = new FlowSchedule(golden.Meta.GetProperty("flow_shift").GetDouble());
        golden.Check("sched.sigmas", schedule.Sigmas);
        golden.Check("sched.timesteps", schedule.Timesteps);
        var plan = SamplingPlan.LongSana([.. golden.Meta.GetProperty("denoising_step_list").EnumerateArray().Select(step => step.GetSingle())], schedule);

        foreach (var run in golden.Names.Where(name => name.EndsWith(".latents_btchw", StringComparison.Ordinal)).Select(name => name[..^".latents_btchw".Length]).ToArray())
            Run(golden, bench, plan, schedule, run);
        foreach (var timestep in golden.Names.Select(name => EquivalenceName().Match(name)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().ToArray())
            RunEquivalence(golden, bench, timestep);
    }

    private static void Run(GoldenCase golden, StreamBench bench, SamplingPlan plan, FlowSchedule schedule, string run)
    {
        var borders = golden.Integers("chunk_indices");
        var policy = run.StartsWith("win", StringComparison.Ordinal) ? StatePolicy.OfWindow(int.Parse(run.AsSpan(3), CultureInfo.InvariantCulture)) : StatePolicy.Sum;
        var recache = run.Contains("_recache", StringComparison.Ordinal);
        var prompts = Prompts(golden, run, borders.Length - 1);
        using var state = bench.CreateState(policy, borders);
        var (call, draw) = (0, 0);
        for (var block = 0; block + 1 < borders.Length; block++)
        {
            var (from, to) = ((int)borders[block], (int)borders[block + 1]);
            if (block > 0 && recache && prompts[block] != prompts[block - 1])
                Recache(golden, bench, schedule, state, run, ref call, prompts[block], (int)borders[block - 1], from);

            var text = bench.Text(prompts[block]);
            var past = state.Past();
            var x = bench.Noise(from, to);
            for (var step = 0; step < plan.Steps; step++, call++)
            {
                CheckPast(golden, state, $"{run}.call{call:00}");
                past = state.Past();
                var flow = bench.Forward(x, to - from, plan.Timestep(step), text, past, null);
                CheckCall(golden, bench, $"{run}.call{call:00}", x, flow, plan.Sigma(step));
                var noise = plan.NeedsNoise(step) ? bench.Drawn($"{run}.noise{draw++:00}", to - from) : [];
                plan.Step(step, x, flow, noise);
            }

            CheckPast(golden, state, $"{run}.call{call:00}");
            past = state.Past();
            var own = state.BeginBlock();
            var last = bench.Forward(x, to - from, 0, text, past, own);
            state.Commit(x, to - from);
            CheckCall(golden, bench, $"{run}.call{call:00}", x, last, schedule.SigmaAt(0));
            CheckOwn(golden, state, $"{run}.call{call++:00}");
            bench.CheckLatents($"{run}.latents_btchw", x, from, to);
        }
    }

    private static void Recache(
        GoldenCase golden, StreamBench bench, FlowSchedule schedule, StreamState state, string run, ref int call, int prompt, int from, int to)
    {
        var name = $"{run}.call{call:00}";
        var past = state.PastOfLast();
        var own = state.OwnOfLast();
        using var tails = new ConvTails(golden.Kernels, bench.Config, bench.TokensPerFrame);
        if (past is null && golden.Has($"{name}.cache_in.b0.vk"))
        {
            // The reference's quirk: block 0, run again, also sees itself as its past.
            golden.Kernels.Copy(state.TailAfter.All, tails.All);
            past = new Memory(state.TotalFromStart(), tails);
        }

        if (past is { } seen && golden.Has($"{name}.cache_in.b0.conv"))
        {
            for (var layer = 0; layer < bench.Config.Layers; layer++)
                golden.Check($"{name}.cache_in.b{layer}.conv", Layouts.ChannelsFirst(golden.Read(seen.Tails.Layers[layer]), bench.Config.Hidden));
        }

        var x = state.LastLatents.ToArray();
        var flow = bench.Forward(x, to - from, 0, bench.Text(prompt), past, own);
        state.CommitRecache();
        CheckCall(golden, bench, name, x, flow, schedule.SigmaAt(0));
        CheckOwn(golden, state, name);
        call++;
    }

    private static void RunEquivalence(GoldenCase golden, StreamBench bench, string timestep)
    {
        var borders = golden.Integers("chunk_indices");
        using var state = bench.CreateState(StatePolicy.Sum, borders);
        for (var block = 0; block + 1 < borders.Length; block++)
        {
            var (from, to) = ((int)borders[block], (int)borders[block + 1]);
            var x = bench.Latents("all.latents_btchw", from, to);
            var past = state.Past();
            var own = state.BeginBlock();
            var flow = bench.Forward(x, to - from, float.Parse(timestep, CultureInfo.InvariantCulture), bench.Text(0), past, own);
            state.Commit(x, to - from);
            bench.CheckFrames($"equiv_t{timestep}.blockwise", flow, from, to);
            bench.CheckFrames($"equiv_t{timestep}.full_chunkcausal", flow, from, to);
        }

        CheckTotals(golden, state, $"equiv_t{timestep}.final_state");
    }

    private static int[] Prompts(GoldenCase golden, string run, int blocks)
    {
        if (!golden.Has($"{run}.prompt_blocks"))
            return new int[blocks];

        // The run that switches right after block 0 goes to the last prompt, the others to the second.
        var late = run.Contains("_at_chunk", StringComparison.Ordinal) ? golden.Shape("in.prompt_embeds")[0] - 2 : 0;
        var counts = golden.Integers($"{run}.prompt_blocks");
        return [.. counts.SelectMany((count, prompt) => Enumerable.Repeat(prompt == 0 ? 0 : prompt + late, (int)count))];
    }

    private static void CheckCall(GoldenCase golden, StreamBench bench, string name, float[] x, float[] flow, float sigma)
    {
        bench.CheckLatent($"{name}.x", x);
        bench.CheckLatent($"{name}.flow", flow);
        bench.CheckLatent($"{name}.x0", [.. x.Zip(flow, (a, b) => (float)(a - (double)sigma * b))]);
    }

    private static void CheckPast(GoldenCase golden, StreamState state, string name)
    {
        if (golden.Has($"{name}.cache_in.b0.vk"))
            CheckTotals(golden, state, $"{name}.cache_in");
        else
            Assert.Equal(0, state.NextBlock);
    }

    public static void CheckTotals(GoldenCase golden, StreamState state, string name) => CheckSums(golden, state.TotalFromStart(), state.TailAfter, name);

    public static void CheckOwn(GoldenCase golden, StreamState state, string name) => CheckSums(golden, state.LastFromStart(), state.TailAfter, $"{name}.own");

    public static void CheckSums(GoldenCase golden, BlockSums sums, ConvTails tails, string name)
    {
        for (var layer = 0; layer < sums.S.Count; layer++)
        {
            golden.Check($"{name}.b{layer}.vk", sums.S[layer]);
            golden.Check($"{name}.b{layer}.ksum", sums.Z[layer]);
            golden.Check($"{name}.b{layer}.conv", Layouts.ChannelsFirst(golden.Read(tails.Layers[layer]), tails.Layers[layer].Columns));
        }
    }

    [GeneratedRegex(@"^equiv_t(\d+)\.blockwise$")]
    private static partial Regex EquivalenceName();
}
