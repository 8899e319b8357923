using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Bench;

/// <summary>A stream without pictures: noise, denoising steps, state pass, as the engine makes a block.</summary>
internal sealed class LatentStream : IDisposable
{
    private readonly KernelSet kernels;
    private readonly SanaVideoTransformer transformer;
    private readonly TextContext text;
    private readonly SamplingPlan plan;
    private readonly StreamState state;
    private readonly TokenGrid grid;
    private readonly Tensor latents;
    private readonly Tensor flow;
    private readonly float[] x;
    private readonly float[] hostFlow;
    private readonly float[] noise;

    public LatentStream(KernelSet kernels, SanaVideoTransformer transformer, TextContext text, StatePolicy policy, SamplingPlan plan, int frames, int height, int width)
    {
        (this.kernels, this.transformer, this.text, this.plan) = (kernels, transformer, text, plan);
        var config = transformer.Config;
        grid = new TokenGrid(frames, height / config.Patch, width / config.Patch);
        state = new StreamState(kernels, config, policy, height, width, frames);
        (latents, flow) = (kernels.Create(frames * height * width, config.InChannels), kernels.Create(frames * height * width, config.OutChannels));
        (x, hostFlow, noise) = (new float[latents.Count], new float[latents.Count], new float[latents.Count]);
    }

    public long StateBytes => state.Bytes;

    /// <summary>Whether the last block is made of numbers.</summary>
    public bool Finite => x.All(float.IsFinite);

    public void Next()
    {
        var past = state.Past();
        CounterNoise.Fill(1, state.NextBlock, 0, x);
        for (var step = 0; step < plan.Steps; step++)
        {
            kernels.Write(latents, x);
            transformer.Forward(latents, grid, [plan.Timestep(step)], text, past, null, flow);
            kernels.Read(flow, hostFlow);
            if (plan.NeedsNoise(step))
                CounterNoise.Fill(1, state.NextBlock, step + 1, noise);
            plan.Step(step, x, hostFlow, noise);
        }

        kernels.Write(latents, x);
        transformer.Forward(latents, grid, [0f], text, past, state.BeginBlock(), null);
        state.Commit(x, grid.Frames);
    }

    public void Dispose()
    {
        state.Dispose();
        latents.Dispose();
        flow.Dispose();
    }
}
