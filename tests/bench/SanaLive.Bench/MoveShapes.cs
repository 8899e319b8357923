using System.Runtime.InteropServices;

namespace SanaLive.Bench;

/// <summary>
/// The state of SANA-Video 2B with the Wan 2.1 VAE at 480x832, by its shapes: nothing of the model is here, its memory is filled with random
/// bytes and copied. The sums are in fp32, all else in bf16, as the reference keeps them.
/// </summary>
internal static class MoveShapes
{
    private const int Layers = 20, Heads = 20, HeadDim = 112, Hidden = Heads * HeadDim;
    private const int LatentHeight = 480 / 8, LatentWidth = 832 / 8, LatentChannels = 16, BlockFrames = 10;
    private const int TokensPerFrame = LatentHeight / 2 * (LatentWidth / 2);

    /// <param name="times">Repetitions of a copy.</param>
    public static (List<MovePart> Parts, List<MoveWay> Ways) Measure(int times)
    {
        var (history, frames, work) = Wan();
        // The running sum and the last block's own; the tail after the last block and the one before it.
        List<MovePart> parts =
        [
            Copy("sums", 2L * Layers * Heads * ((HeadDim * HeadDim) + HeadDim) * sizeof(float), times),
            Copy("conv tails", 2L * Layers * Hidden * TokensPerFrame * 2, times),
            Copy("last block's latents", (long)BlockFrames * LatentHeight * LatentWidth * LatentChannels * 2, times),
            Copy($"last {frames} decoded latents", (long)frames * LatentHeight * LatentWidth * LatentChannels * 2, times),
            Copy("VAE history", history * 2, 3),
        ];
        long Bytes(params int[] which) => which.Sum(i => parts[i].Bytes);
        double Time(params int[] which) => Math.Round(which.Sum(i => parts[i].CopyMilliseconds), 3);
        List<MoveWay> ways =
        [
            new("all as it is", Bytes(0, 1, 2, 4), Time(0, 1, 2, 4)),
            new("VAE history rebuilt (default)", Bytes(0, 1, 2, 3), null),
            new("VAE history and conv tails rebuilt", Bytes(0, 2, 3), null),
        ];
        Console.WriteLine(FormattableString.Invariant(
            $"Decoding {frames} latent frames would rebuild the Wan history with {frames * work / 1e12:F0} TFLOP (2 per multiplication and addition; {work / 1e12:F1} a frame); rebuilding leaves out what nothing looks at. --wan measures it."));
        return (parts, ways);
    }

    /// <summary>
    /// The Wan 2.1 decoder by its shapes (base width 96, multipliers 4 4 2 1 from the latents up, three residual blocks a level, two in the
    /// middle, time doubled after the first two levels). Every causal convolution of kernel 3 in time keeps the last two frames of its input.
    /// </summary>
    /// <returns>Numbers that it remembers, latent frames before the present one that they depend on, and floating-point operations of one latent frame.</returns>
    private static (long History, int Frames, double Work) Wan()
    {
        long history = 0;
        double work = 0, before = 0;
        var (height, width, rate) = (LatentHeight, LatentWidth, 1);
        Causal(LatentChannels, 384);
        for (var i = 0; i < 2; i++) Residual(384, 384);
        foreach (var (input, output, up, time) in new[] { (384, 384, true, true), (192, 384, true, true), (192, 192, true, false), (96, 96, false, false) })
        {
            for (var i = 0; i < 3; i++) Residual(i == 0 ? input : output, output);
            if (time)
            {
                Kernel(output, 2 * output, taps: 3);
                rate *= 2;
            }

            if (!up) continue;
            (height, width) = (2 * height, 2 * width);
            work += 2.0 * rate * height * width * output * (output / 2) * 9;
        }

        Causal(96, 3);
        return (history, (int)Math.Ceiling(before), work);

        void Residual(int input, int output)
        {
            Causal(input, output);
            Causal(output, output);
            if (input != output) work += 2.0 * rate * height * width * input * output;
        }

        void Causal(int input, int output) => Kernel(input, output, taps: 27);

        void Kernel(int input, int output, int taps)
        {
            history += 2L * height * width * input;
            before += 2.0 / rate;
            work += 2.0 * rate * height * width * input * output * taps;
        }
    }

    private static unsafe MovePart Copy(string name, long bytes, int times)
    {
        var here = (byte*)NativeMemory.Alloc((nuint)bytes);
        var there = (byte*)NativeMemory.Alloc((nuint)bytes);
        try
        {
            const int chunk = 1 << 20;
            var random = new Random(1);
            for (var at = 0L; at < bytes; at += chunk) random.NextBytes(new Span<byte>(here + at, (int)Math.Min(chunk, bytes - at)));
            // Out and in again, as for the embedded model.
            return new MovePart(name, bytes, MoveBench.Median(times, () =>
            {
                Buffer.MemoryCopy(here, there, bytes, bytes);
                Buffer.MemoryCopy(there, here, bytes, bytes);
            }));
        }
        finally
        {
            NativeMemory.Free(here);
            NativeMemory.Free(there);
        }
    }
}
