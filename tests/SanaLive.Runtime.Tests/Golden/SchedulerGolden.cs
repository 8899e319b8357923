using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Sampling;
using Xunit.Sdk;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// e1: every sampler step by step under a made-up model, <c>v(x, t) = 0.5 sin(3x + 2s) + 0.3x - 0.1 cos(5sx)</c> with s = t / 1000.
/// Options come from the case; runs that carry none are variants of its DPM-Solver++ and named after the difference.
/// </summary>
internal static partial class SchedulerGolden
{
    public static void Run(GoldenCase golden)
    {
        var (runs, tables) = (0, 0);
        foreach (var name in golden.Names.Where(name => name.EndsWith(".trajectory", StringComparison.Ordinal)).Select(name => name[..^".trajectory".Length]).ToArray())
        {
            CheckRun(golden, name);
            runs++;
        }

        foreach (var name in golden.Names.Where(name => name.StartsWith("longsana_shift", StringComparison.Ordinal) && !name.Contains("add_noise", StringComparison.Ordinal) && name.EndsWith(".sigmas", StringComparison.Ordinal)).ToArray())
        {
            CheckTable(golden, name[..^".sigmas".Length]);
            tables++;
        }

        if (runs + tables == 0)
            throw new XunitException($"{golden.Folder} holds no run of a sampler.");
    }

    private static void CheckRun(GoldenCase golden, string run)
    {
        var steps = golden.Shape($"{run}.timesteps")[0];
        var sampler = Config(golden, StepsSuffix().Replace(run, string.Empty), golden.Floats($"{run}.sigmas")[0]).Create(steps);
        golden.Check($"{run}.sigmas", [.. sampler.Sigmas.ToArray().Select(sigma => (float)sigma)]);
        CheckTimesteps(golden, $"{run}.timesteps", sampler.Timesteps.ToArray());

        var x = golden.Floats("in.x_T");
        var (trajectory, flow) = (new List<float>(), new float[x.Length]);
        for (var step = 0; step < steps; step++)
        {
            var s = sampler.Timesteps[step] / 1000.0;
            for (var i = 0; i < x.Length; i++)
                flow[i] = (float)(0.5 * Math.Sin(3 * x[i] + 2 * s) + 0.3 * x[i] - 0.1 * Math.Cos(5 * s * x[i]));
            sampler.Step(x, flow);
            trajectory.AddRange(x);
        }

        golden.Check($"{run}.trajectory", [.. trajectory]);
    }

    /// <summary>Integers are compared as such: a timestep that is one off is another timestep.</summary>
    public static void CheckTimesteps(GoldenCase golden, string name, float[] timesteps)
    {
        if (golden.IsInteger(name))
            Assert.Equal(golden.Integers(name), timesteps.Select(timestep => (long)timestep));
        else
            golden.Check(name, timesteps);
    }

    private static SchedulerConfig Config(GoldenCase golden, string run, float firstSigma)
    {
        if (golden.Meta.TryGetProperty(run, out var own))
            return SchedulerConfig.Read(own, ClassOf(run), run);

        // Which of the recorded shifts a variant has, its first noise level tells.
        var settings = golden.Meta.EnumerateObject().Where(entry => entry.Name.StartsWith("dpm", StringComparison.Ordinal)).Select(entry => entry.Value)
            .First(json => Math.Abs(SchedulerConfig.Read(json, ClassOf("dpm"), run).Create(1).Sigmas[0] - firstSigma) < 1e-6);
        var changed = JsonNode.Parse(settings.GetRawText())!.AsObject();
        if (OrderName().Match(run) is { Success: true } order)
            changed["solver_order"] = int.Parse(order.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        else if (run.EndsWith("_heun", StringComparison.Ordinal))
            changed["solver_type"] = "heun";
        else if (run.EndsWith("_euler_at_final", StringComparison.Ordinal))
            changed["euler_at_final"] = true;
        else
            throw new XunitException($"{golden.Folder} does not tell the options of its run {run}.");
        return SchedulerConfig.Read(JsonSerializer.SerializeToElement(changed), ClassOf("dpm"), run);
    }

    private static string ClassOf(string run) =>
        run.StartsWith("dpm", StringComparison.Ordinal) ? "DPMSolverMultistepScheduler"
        : run.StartsWith("unipc", StringComparison.Ordinal) ? "UniPCMultistepScheduler"
        : run.StartsWith("flow_euler", StringComparison.Ordinal) ? "FlowMatchEulerDiscreteScheduler"
        : throw new XunitException($"The run {run} is of no sampler that this test knows.");

    private static void CheckTable(GoldenCase golden, string name)
    {
        var schedule = new FlowSchedule(double.Parse(name.AsSpan("longsana_shift".Length), CultureInfo.InvariantCulture));
        golden.Check($"{name}.sigmas", schedule.Sigmas);
        golden.Check($"{name}.timesteps", schedule.Timesteps);
        if (!golden.Has($"{name}.add_noise.t"))
            return;
        var (times, clean, noise) = (golden.Integers($"{name}.add_noise.t"), golden.Floats($"{name}.add_noise.x0"), golden.Floats($"{name}.add_noise.noise"));
        var (each, noised) = (clean.Length / times.Length, new float[clean.Length]);
        for (var i = 0; i < times.Length; i++)
            schedule.AddNoise(times[i], clean.AsSpan(i * each, each), noise.AsSpan(i * each, each), noised.AsSpan(i * each, each));
        golden.Check($"{name}.add_noise.out", noised);
    }

    [GeneratedRegex(@"\.N\d+$")]
    private static partial Regex StepsSuffix();

    [GeneratedRegex(@"_order(\d)$")]
    private static partial Regex OrderName();
}
