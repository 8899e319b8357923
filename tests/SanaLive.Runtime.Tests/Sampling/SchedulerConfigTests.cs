using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Sampling;

public sealed class SchedulerConfigTests
{
    [Fact]
    public void Read_APublishedConfig_WithItsInfinityWhichIsNoJson_IsRead()
    {
        var config = SchedulerConfig.Read(Path.Combine(Repository.Root, "tests/golden/g1_pipeline_t2v/scheduler/scheduler_config.json"));
        Assert.Equal((SchedulerKind.DpmSolver, 8.0, 2, true), (config.Kind, config.Shift, config.Order, config.LowerOrderFinal));
    }

    [Theory]
    [InlineData("\"_class_name\": \"DDIMScheduler\", \"flow_shift\": 8", "DDIMScheduler")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\"", "flow_shift")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 0", "above 0")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": NaN", "cannot be read")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 8, \"use_flow_sigmas\": false", "use_flow_sigmas")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 8, \"prediction_type\": \"epsilon\"", "prediction_type")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 8, \"algorithm_type\": \"sde-dpmsolver++\"", "algorithm_type")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 8, \"solver_order\": 4", "solver_order")]
    [InlineData("\"_class_name\": \"DPMSolverMultistepScheduler\", \"flow_shift\": 8, \"use_karras_sigmas\": true", "use_karras_sigmas")]
    [InlineData("\"_class_name\": \"UniPCMultistepScheduler\", \"flow_shift\": 8, \"predict_x0\": false", "predict_x0")]
    [InlineData("\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 8, \"use_dynamic_shifting\": true", "use_dynamic_shifting")]
    [InlineData("\"_class_name\": 3", "cannot be read")]
    public void Read_WhatWouldChangeTheNumbersUnseen_IsRefusedByName(string settings, string named)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("scheduler_config.json"), $"{{ {settings} }}");
        var error = Assert.Throws<CheckpointException>(() => SchedulerConfig.Read(folder.File("scheduler_config.json")));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains("scheduler_config.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    [InlineData(-1)]
    public void Create_WithStepsThatTheScheduleDoesNotHave_IsRefused(int steps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SchedulerConfig(SchedulerKind.UniPc, 8).Create(steps));

    [Theory]
    [InlineData(SchedulerKind.DpmSolver, 1)]
    [InlineData(SchedulerKind.UniPc, 2)]
    [InlineData(SchedulerKind.FlowEuler, 2)]
    [InlineData(SchedulerKind.DpmSolver, 3)]
    [InlineData(SchedulerKind.UniPc, 3)]
    public void Step_WithTheTrueFlow_EndsAtTheCleanLatents_WhateverTheSampler(SchedulerKind kind, int order)
    {
        // With x = (1 - s) clean + s noise the flow is noise - clean: every consistent sampler then says the clean latents at every step.
        foreach (var steps in new[] { 1, 2, 3, 16, 50 })
        {
            var sampler = new SchedulerConfig(kind, 8) { Order = order }.Create(steps);
            var (clean, noise) = (new[] { 1f, -2f, 0.5f }, new[] { 0.3f, 0.1f, -1f });
            float[] flow = [.. noise.Zip(clean, (n, c) => n - c)];
            var first = sampler.Sigmas[0];
            float[] x = [.. noise.Zip(clean, (n, c) => (float)((1 - first) * c + first * n))];
            for (var step = 0; step < sampler.Steps; step++)
                sampler.Step(x, flow);
            Assert.All(x.Zip(clean), pair => Assert.Equal(pair.Second, pair.First, 3));
        }
    }

    [Fact]
    public void Step_AfterTheLast_SaysThatASamplerMakesOneClip()
    {
        var sampler = new SchedulerConfig(SchedulerKind.DpmSolver, 8).Create(1);
        var x = new float[2];
        Assert.Throws<ArgumentException>(() => sampler.Step(x, new float[3]));
        sampler.Step(x, x.ToArray());
        Assert.Throws<InvalidOperationException>(() => sampler.Step(x, x.ToArray()));
    }
}
