using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Engine;

/// <summary>
/// From a prompt, and a picture if there is one, to a clip: prompts are read, the picture is encoded, all frames are denoised together, and
/// they are decoded in their order. Each stage loads its part and gives it back. Golden case g1.
/// </summary>
/// <param name="kernels">Compute it.</param>
/// <param name="parts">Of the model.</param>
public sealed class ClipPipeline(KernelSet kernels, IClipParts parts)
{
    private const string Reading = "reading the prompt";
    private const string Encoding = "encoding the picture";
    private const string Denoising = "denoising";
    private const string Decoding = "decoding";

    public IClipParts Parts => parts;

    /// <summary>What a request needs in memory, before anything is loaded.</summary>
    /// <exception cref="ArgumentException">No clip can be as asked for; the message says why.</exception>
    public MemoryNeed Need(ClipRequest request)
    {
        var grid = Check(request);
        var latents = sizeof(float) * LatentNumbers(grid);
        List<MemoryStage> stages = [new(Reading, parts.PromptBytes)];
        if (!request.Image.IsEmpty)
            stages.Add(new(Encoding, parts.EncoderBytes(request.Size)));
        // Latents, both flows, the sampler's memory of some steps.
        stages.Add(new(Denoising, parts.TransformerBytes + SanaVideoTransformer.WorkingBytes(parts.Transformer, grid) + 8 * latents));
        stages.Add(new(Decoding, parts.DecoderBytes(request.Size) + latents));
        return new MemoryNeed(stages);
    }

    /// <summary>Everything but the decoding.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="begins">Before each stage: its name, as in <see cref="Need"/>.</param>
    /// <param name="stepped">After each step: how many have been taken.</param>
    /// <param name="cancellation">
    /// Looked at between two passes. If a step has been taken already, what the model guesses the clip to be is returned instead.
    /// </param>
    /// <exception cref="OperationCanceledException">Given up before the first step.</exception>
    public ClipLatents Denoise(ClipRequest request, Action<string>? begins, Action<int>? stepped, CancellationToken cancellation)
    {
        var grid = Check(request);
        begins?.Invoke(Reading);
        var (prompt, negative) = parts.ReadPrompts(request.Prompt, request.IsGuided ? request.Negative : null);
        cancellation.ThrowIfCancellationRequested();
        if (!request.Image.IsEmpty)
            begins?.Invoke(Encoding);
        var still = request.Image.IsEmpty ? [] : Encode(request);
        cancellation.ThrowIfCancellationRequested();

        var x = new float[LatentNumbers(grid)];
        CounterNoise.Fill(request.Seed, 0, 0, x);
        using var transformer = parts.LoadTransformer();
        using var positiveText = Read(transformer, prompt);
        using var negativeText = negative is null ? null : Read(transformer, negative);
        using var denoiser = new ClipDenoiser(kernels, transformer, grid.Frames, grid.Height * parts.Transformer.Patch, grid.Width * parts.Transformer.Patch);
        var sampler = (still.Length > 0 ? parts.Scheduler.ForImageToVideo() : parts.Scheduler).Create(request.Steps);
        begins?.Invoke(Denoising);
        var (guess, done) = (new float[x.Length], 0);
        try
        {
            denoiser.Run(x, still, positiveText, negativeText, request.Guidance, sampler, Keep, cancellation);
        }
        catch (OperationCanceledException) when (done > 0)
        {
            return new ClipLatents(guess, grid.Frames, done);
        }

        return new ClipLatents(x, grid.Frames, done);

        void Keep(int step, ReadOnlySpan<float> latents, ReadOnlySpan<float> clean)
        {
            clean.CopyTo(guess);
            done = step;
            stepped?.Invoke(step);
        }
    }

    /// <summary>Decodes a clip, some pictures at a time.</summary>
    /// <param name="clip">From <see cref="Denoise"/>.</param>
    /// <param name="size">Of its pictures.</param>
    /// <param name="show">Takes the next pictures, [pictures, height, width, 3]; the memory is its own until it returns.</param>
    /// <param name="cancellation">Looked at after every <paramref name="show"/>.</param>
    /// <exception cref="OperationCanceledException">There are more pictures, which were not decoded.</exception>
    public void Decode(ClipLatents clip, PictureSize size, Action<ReadOnlyMemory<byte>> show, CancellationToken cancellation)
    {
        using var decoder = parts.LoadDecoder();
        var rgb = Array.Empty<byte>();
        decoder.ForwardClip(clip.Latents.Span, clip.Frames, size.Height / decoder.SpatialScale, size.Width / decoder.SpatialScale, pictures =>
        {
            cancellation.ThrowIfCancellationRequested();
            if (rgb.Length < pictures.Count)
                rgb = new byte[pictures.Count];
            var shown = rgb.AsMemory(0, (int)pictures.Count);
            kernels.ReadBytes(pictures, 127.5f, 127.5f, shown.Span);
            show(shown);
        });
    }

    private float[] Encode(ClipRequest request)
    {
        using var encoder = parts.LoadEncoder();
        var (size, frames) = (request.Size, encoder.FramesOfFirstLatent);
        var video = new float[frames * request.Image.Length];
        for (var i = 0; i < video.Length; i++)
            video[i] = request.Image.Span[i % request.Image.Length] / 127.5f - 1;
        var latents = new float[size.Height / encoder.SpatialScale * (size.Width / encoder.SpatialScale) * encoder.LatentChannels];
        encoder.Encode(video, frames, size.Height, size.Width, latents);
        return latents;
    }

    private static TextContext Read(SanaVideoTransformer transformer, Prompt prompt)
    {
        var text = transformer.CreateText(prompt.Tokens);
        transformer.ReadText(prompt.Embedding.Span, text);
        return text;
    }

    private long LatentNumbers(TokenGrid grid) => (long)grid.Tokens * parts.Transformer.Patch * parts.Transformer.Patch * parts.Transformer.InChannels;

    private TokenGrid Check(ClipRequest request)
    {
        var (size, step) = (request.Size, parts.Layout.SpatialScale * parts.Transformer.Patch);
        if (size.Height < step || size.Width < step || size.Height % step != 0 || size.Width % step != 0)
            throw new ArgumentException($"{parts.Name} makes pictures whose sides are multiples of {step} pixels, not {size}.");
        if (!request.Image.IsEmpty && request.Image.Length != size.Height * size.Width * 3)
            throw new ArgumentException($"The picture has {request.Image.Length} bytes; {size} has {size.Height * size.Width * 3}.");
        if (request.Steps is < 1 or > SchedulerConfig.MostSteps)
            throw new ArgumentException($"A clip is made in 1 to {SchedulerConfig.MostSteps} steps, not {request.Steps}.");
        if (!float.IsFinite(request.Guidance) || request.Guidance < 0)
            throw new ArgumentException($"Guidance is 0 or more, not {request.Guidance}.");
        return new TokenGrid(parts.Layout.LatentFrames(request.Frames), size.Height / step, size.Width / step);
    }
}
