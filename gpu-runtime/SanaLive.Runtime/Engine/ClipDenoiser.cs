using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Engine;

/// <summary>
/// Takes a whole clip from noise to latents: all its frames at once, every token seeing every other, under classifier-free guidance.
/// Golden case g1. One thread; its memory is laid out at its beginning.
/// </summary>
public sealed class ClipDenoiser : IDisposable
{
    private readonly KernelSet kernels;
    private readonly SanaVideoTransformer transformer;
    private readonly TokenGrid grid;
    private readonly int perFrame;
    private readonly Tensor latents;
    private readonly Tensor flow;
    private readonly float[] guided;
    private readonly float[] unguided;

    /// <param name="kernels">Run it.</param>
    /// <param name="transformer">Makes the flow.</param>
    /// <param name="frames">Latent frames of the clip.</param>
    /// <param name="latentHeight">Of a latent frame; a multiple of the transformer's patch.</param>
    /// <param name="latentWidth">Of a latent frame; a multiple of the transformer's patch.</param>
    public ClipDenoiser(KernelSet kernels, SanaVideoTransformer transformer, int frames, int latentHeight, int latentWidth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        var config = transformer.Config;
        if (latentHeight < 1 || latentWidth < 1 || latentHeight % config.Patch != 0 || latentWidth % config.Patch != 0)
            throw new ArgumentException($"Latents of {latentHeight} x {latentWidth} are no whole number of patches of {config.Patch} x {config.Patch}.", nameof(latentHeight));
        (this.kernels, this.transformer) = (kernels, transformer);
        grid = new TokenGrid(frames, latentHeight / config.Patch, latentWidth / config.Patch);
        perFrame = latentHeight * latentWidth * config.InChannels;
        latents = kernels.Create(frames * latentHeight * latentWidth, config.InChannels);
        flow = kernels.Create(frames * latentHeight * latentWidth, config.OutChannels);
        guided = new float[latents.Count];
        unguided = new float[latents.Count];
    }

    /// <summary>Numbers of a clip's latents.</summary>
    public int Length => guided.Length;

    /// <summary>Takes all steps.</summary>
    /// <param name="x">[frames, height, width, channels]: noise, which becomes the clip's latents.</param>
    /// <param name="still">The clip's first latent frame, clean: it is told to the model as such and never stepped. Empty for none.</param>
    /// <param name="positive">What to see.</param>
    /// <param name="negative">What not to see; null without guidance, which halves the work.</param>
    /// <param name="guidance">How far from the negative prompt, and beyond the positive one: negative + guidance (positive - negative).</param>
    /// <param name="sampler">Fresh.</param>
    /// <param name="stepped">After each step: its number from 1, and the clean latents as far as they can be told.</param>
    /// <param name="cancellation">Looked at between two passes; <paramref name="x"/> is then as after the last whole step.</param>
    public void Run(
        Span<float> x, ReadOnlySpan<float> still, TextContext positive, TextContext? negative, float guidance, ClipSampler sampler,
        ClipStepped? stepped, CancellationToken cancellation)
    {
        if (x.Length != Length || still.Length is not 0 && still.Length != perFrame)
            throw new ArgumentException($"{x.Length} latents with a first frame of {still.Length} do not fit a clip of {Length} in frames of {perFrame}.", nameof(x));
        still.CopyTo(x);
        Span<float> timesteps = stackalloc float[still.IsEmpty ? 1 : grid.Frames];
        var clean = stepped is null ? [] : new float[Length];
        for (var step = 0; step < sampler.Steps; step++)
        {
            timesteps.Fill(sampler.Timesteps[step]);
            if (!still.IsEmpty)
                timesteps[0] = 0;
            if (negative is not null)
                Flow(x, timesteps, negative, unguided, cancellation);
            Flow(x, timesteps, positive, guided, cancellation);
            for (var i = 0; negative is not null && i < guided.Length; i++)
                guided[i] = unguided[i] + guidance * (guided[i] - unguided[i]);
            if (stepped is not null)
            {
                var sigma = sampler.Sigmas[step];
                for (var i = 0; i < clean.Length; i++)
                    clean[i] = i < still.Length ? x[i] : (float)(x[i] - sigma * guided[i]);
            }

            sampler.Step(x[still.Length..], guided.AsSpan(still.Length));
            stepped?.Invoke(step + 1, x, clean);
        }
    }

    public void Dispose()
    {
        latents.Dispose();
        flow.Dispose();
    }

    private void Flow(ReadOnlySpan<float> x, ReadOnlySpan<float> timesteps, TextContext text, Span<float> result, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        kernels.Write(latents, x);
        transformer.Forward(latents, grid, timesteps, text, null, null, flow);
        kernels.Read(flow, result);
    }
}
