using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Sampling;

public sealed class SamplingPlanTests
{
    [Fact]
    public void Step_EulerWithTheTrueFlow_EndsAtTheCleanBlock()
    {
        // With x = (1 - s) clean + s noise the flow is noise - clean, and straight steps lose nothing.
        var plan = SamplingPlan.Of(SamplerKind.Euler, [1000, 700, 250]);
        var (clean, noise) = (new[] { 1f, -2f, 0.5f }, new[] { 0.3f, 0.1f, -1f });
        var flow = noise.Zip(clean, (n, c) => n - c).ToArray();
        var x = noise.ToArray();
        for (var step = 0; step < plan.Steps; step++)
            plan.Step(step, x, flow, []);
        Assert.All(x.Zip(clean), pair => Assert.Equal(pair.Second, pair.First, 5));
    }

    [Fact]
    public void Step_Renoise_NeedsFreshNoiseButNotAtTheEnd()
    {
        var plan = SamplingPlan.Of(SamplerKind.Renoise, [1000, 500]);
        Assert.True(plan.NeedsNoise(0));
        Assert.False(plan.NeedsNoise(1));
        var x = new[] { 2f };
        plan.Step(0, x, [1.5f], [4f]);
        Assert.Equal(0.5f * 0.5f + 0.5f * 4f, x[0]);
        plan.Step(1, x, [1f], []);
        Assert.Equal(2.25f - 0.5f, x[0]);
    }

    [Fact]
    public void Timestep_WithAFraction_IsTruncatedForTheModelOnly()
    {
        var plan = SamplingPlan.Of(SamplerKind.Renoise, [1000, 727.9f]);
        Assert.Equal(727, plan.Timestep(1));
        Assert.Equal(0.7279f, plan.Sigma(1), 6);
    }

    [Fact]
    public void LongSana_Timesteps_TakeTheNearestNoiseLevel()
    {
        var plan = SamplingPlan.LongSana([1000, 960, 889, 727], new FlowSchedule(7));
        Assert.Equal(1, plan.Sigma(0));
        Assert.InRange(plan.Sigma(1), 0.9595f, 0.9605f);
        Assert.InRange(plan.Sigma(3), 0.7265f, 0.7275f);
    }
}
