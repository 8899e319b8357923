using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Generate;

/// <summary>Makes a clip with a model that makes all its frames at once, and writes it as it is decoded.</summary>
/// <param name="kernels">Compute it.</param>
/// <param name="parts">Of the model.</param>
/// <param name="nearest">Which of the model's own sizes fits a picture best.</param>
/// <param name="known">The sizes that the model was trained with.</param>
/// <param name="available">Bytes of memory that are free.</param>
/// <param name="messages">For the person who waits.</param>
/// <param name="clock">Measures the time that is left.</param>
internal sealed class ClipMaker(
    KernelSet kernels, IClipParts parts, Func<PictureSize, PictureSize> nearest, IReadOnlyList<PictureSize> known, Func<long> available, TextWriter messages, TimeProvider clock)
{
    private readonly ClipPipeline pipeline = new(kernels, parts);

    /// <param name="options">What is wanted.</param>
    /// <param name="interrupted">Ends the denoising, and what has come of it is decoded; while the clip is decoded, ends that.</param>
    /// <param name="pressedAgain">Ends the decoding after an interruption.</param>
    /// <returns>0, or 130 after an interruption; what was made until then is a playable file.</returns>
    /// <exception cref="FormatException">What is wanted cannot be made.</exception>
    /// <exception cref="InsufficientMemoryException">It needs more memory than is free; the message has all numbers.</exception>
    public async Task<int> RunAsync(GenerateOptions options, CancellationToken interrupted, CancellationToken pressedAgain)
    {
        if (options.Cues.Count > 0)
            throw new FormatException("--cue is for models of streams: this one makes a clip of one prompt at once.");
        if (options.Prompt.Length == 0)
            throw new FormatException($"{parts.Name} needs a --prompt.");
        var (size, image) = (options.Size ?? known[0], Array.Empty<byte>());
        if (options.Image is { } path)
        {
            image = await StartPicture.ReadAsync(path, picture => size = options.Size ?? nearest(picture), messages, interrupted);
            if (options.Size is null)
                messages.WriteLine($"{path}: of the sizes that the model was trained with, {size} is nearest to its shape.");
        }

        if (!known.Contains(size))
            messages.WriteLine($"{size} is none of the sizes that {parts.Name} was trained with; {nearest(size)} is the nearest, and looks better.");
        var request = new ClipRequest
        {
            Prompt = options.Prompt,
            Negative = options.Negative ?? parts.Negative,
            Size = size,
            Frames = Frames(options),
            Steps = options.Steps ?? 50,
            Guidance = options.Guidance ?? 6,
            Seed = options.Seed,
            Image = image,
        };
        var need = pipeline.Need(request);
        if (need.ProblemWith(available()) is { } problem)
            throw new InsufficientMemoryException(problem);
        messages.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{parts.Name}: {request.Frames} frames of {size}, {request.Steps} steps, guidance {request.Guidance}, seed {request.Seed}; at most {MemoryNeed.Gigabytes(need.Peak)} of memory"));
        return await MakeAsync(request, options.Out, interrupted, pressedAgain);
    }

    private async Task<int> MakeAsync(ClipRequest request, string output, CancellationToken interrupted, CancellationToken pressedAgain)
    {
        ProgressBar? steps = null;
        ClipLatents clip;
        try
        {
            clip = await Task.Run(() => pipeline.Denoise(request, Begin, done => steps!.Show(done), interrupted), CancellationToken.None);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            messages.WriteLine("Interrupted before the first step; nothing is written.");
            return 130;
        }

        steps!.End();
        var whole = clip.Steps == request.Steps;
        if (!whole)
            messages.WriteLine($"Interrupted after {clip.Steps} of {request.Steps} steps: what can be told of the clip so far is decoded. Press Ctrl-C again to stop that, too.");
        return await WriteAsync(request, clip, output, whole ? interrupted : pressedAgain) && whole ? 0 : 130;

        // Loading is not counted: what is left is told by the steps that were taken.
        void Begin(string stage)
        {
            messages.WriteLine($"{stage} ...");
            steps = new ProgressBar(messages, request.Steps, "steps", !Console.IsErrorRedirected, clock);
        }
    }

    /// <returns>False when it was ended; what was decoded until then is kept.</returns>
    private async Task<bool> WriteAsync(ClipRequest request, ClipLatents clip, string output, CancellationToken stop)
    {
        var (size, rate) = (request.Size, parts.Layout.FramesPerSecond);
        await using var video = FfmpegVideoWriter.Create(output, size.Width, size.Height, rate);
        var bar = new ProgressBar(messages, request.Frames, "frames", !Console.IsErrorRedirected, clock);
        var written = 0;
        try
        {
            await Task.Run(() => pipeline.Decode(clip, size, Write, stop), CancellationToken.None);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is written stays.
        }

        bar.End();
        await video.FinishAsync(CancellationToken.None);
        messages.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{output}: {written} frames, {(double)written / rate:F1} s, {size.Width}x{size.Height}, seed {request.Seed}"));
        return written == request.Frames;

        // The decoder waits for the encoder, picture by picture: nothing piles up.
        void Write(ReadOnlyMemory<byte> pictures)
        {
            video.WriteAsync(pictures, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            bar.Show(written += pictures.Length / (size.Height * size.Width * 3));
        }
    }

    /// <summary>Seconds become the nearest number of frames that a clip can have; frames are taken at their word.</summary>
    private int Frames(GenerateOptions options)
    {
        var layout = parts.Layout;
        if (options.Seconds is not { } seconds)
            return options.Frames ?? layout.FramesOfFirstLatent + (80 / layout.FramesPerLatent * layout.FramesPerLatent);
        var later = (int)Math.Round(((seconds * layout.FramesPerSecond) - layout.FramesOfFirstLatent) / layout.FramesPerLatent);
        return layout.FramesOfFirstLatent + (Math.Max(0, later) * layout.FramesPerLatent);
    }
}
