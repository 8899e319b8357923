using System.Diagnostics;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Tests;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Wan;

namespace SanaLive.Bench;

/// <summary>
/// The time to rebuild the history of the Wan 2.1 decoder, and to decode a latent frame with it: the published structure and widths, random
/// weights, which take as long as any.
/// </summary>
/// <param name="Height">Of the pictures.</param>
/// <param name="Width">Of the pictures.</param>
/// <param name="Latents">Latent frames that the history is rebuilt from.</param>
/// <param name="HistoryBytes">Of the history.</param>
/// <param name="PeakBytes">Of all tensors.</param>
/// <param name="RebuildSeconds">All of them, from the oldest.</param>
/// <param name="FrameSeconds">The latent frame after them, with its pictures.</param>
internal sealed record WanRebuild(int Height, int Width, int Latents, long HistoryBytes, long PeakBytes, double RebuildSeconds, double FrameSeconds)
{
    private static readonly TestWanVae Published = new() { BaseDim = 96, ZDim = 16, DimMult = [1, 2, 4, 4], ResBlocks = 2, HalvesTime = [false, true, true] };

    /// <exception cref="InvalidOperationException">At a small size, a rebuilt history does not make the pictures of the one that it stands for.</exception>
    public static WanRebuild Measure(KernelSet kernels, int height, int width)
    {
        using var decoder = Load(kernels);
        Check(decoder);
        var (rows, columns) = (height / decoder.SpatialScale, width / decoder.SpatialScale);
        Console.WriteLine(FormattableString.Invariant($"Wan 2.1 decoder, random weights, {width}x{height}: {decoder.PeakBytes(height, width) / 1e9:F2} GB of tensors, {decoder.ReceptiveField - 1} latent frames to rebuild from"));
        using var history = decoder.CreateHistory(rows, columns);
        var latents = new float[rows * columns * decoder.LatentChannels];
        CounterNoise.Fill(1, 0, 0, latents);

        // Once before, so that the memory is there.
        decoder.Remember(latents, rows, columns, history, decoder.ReceptiveField - 2);
        history.Clear();
        var start = Stopwatch.GetTimestamp();
        for (var following = decoder.ReceptiveField - 2; following >= 0; following--)
        {
            var began = Stopwatch.GetTimestamp();
            decoder.Remember(latents, rows, columns, history, following);
            Console.WriteLine(FormattableString.Invariant($"  {following,2} more to follow: {Stopwatch.GetElapsedTime(began).TotalSeconds:F2} s"));
        }

        var rebuilt = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"  rebuilt in {rebuilt:F1} s"));
        var pictures = new byte[decoder.NextFrames(history) * height * width * 3];
        start = Stopwatch.GetTimestamp();
        decoder.Decode(latents, rows, columns, history, pictures);
        var frame = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"  a latent frame with its {decoder.FramesPerLatent} pictures takes {frame:F1} s"));
        return new(height, width, decoder.ReceptiveField - 1, history.Bytes, decoder.PeakBytes(height, width), Math.Round(rebuilt, 2), Math.Round(frame, 2));
    }

    private static WanDecoder Load(KernelSet kernels)
    {
        var folder = Directory.CreateTempSubdirectory("sanalive-bench-").FullName;
        try
        {
            Published.Write(folder);
            using var checkpoint = Checkpoint.Open(folder);
            return new WanDecoder(kernels, WanVaeConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>At one latent pixel: a stream that goes on and one whose history is rebuilt make the same pictures.</summary>
    private static void Check(WanDecoder decoder)
    {
        using var whole = decoder.CreateHistory(1, 1);
        using var rebuilt = decoder.CreateHistory(1, 1);
        var seen = new DecodedLatents(decoder.ReceptiveField - 1, decoder.LatentChannels);
        for (var frame = 0; frame < decoder.ReceptiveField + 2; frame++)
        {
            Decode(frame, whole);
            seen.Add(Latents(frame));
        }

        seen.Rebuild(decoder, 1, 1, rebuilt);
        if (!Decode(99, whole).AsSpan().SequenceEqual(Decode(99, rebuilt)))
            throw new InvalidOperationException("A rebuilt history makes other pictures: the times mean nothing.");

        float[] Decode(int frame, DecoderHistory history)
        {
            var rgb = new float[decoder.NextFrames(history) * decoder.SpatialScale * decoder.SpatialScale * 3];
            decoder.Decode(Latents(frame), 1, 1, history, rgb);
            return rgb;
        }

        float[] Latents(int frame)
        {
            var latents = new float[decoder.LatentChannels];
            CounterNoise.Fill(2, frame, 0, latents);
            return latents;
        }
    }
}
