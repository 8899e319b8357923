using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Bench;

/// <summary>
/// What moving a stream costs, part by part of its state, and what it saves to leave a part behind and make it again. The embedded model
/// for real, pictures and all; of SANA-Video 2B with the Wan VAE the sizes alone, as memory with random contents.
/// </summary>
internal static partial class MoveBench
{
    private const int Blocks = 12;
    private const int Later = 8;
    private const int Times = 15;

    public static int Run(string[] args)
    {
        var wan = Match.Empty;
        if (args.Length > 0 && (args[0] != "--wan" || args.Length > 2 || !(wan = Size().Match(args.Length > 1 ? args[1] : "480x832")).Success))
        {
            Console.Error.WriteLine($"bench move takes nothing, or --wan and perhaps a size of pictures (height x width, multiples of 8), and was given {string.Join(' ', args)}.");
            return 2;
        }

        using var kernels = new CpuKernelSet();
        if (wan.Success)
        {
            var measured = WanRebuild.Measure(kernels, int.Parse(wan.Groups[1].ValueSpan, CultureInfo.InvariantCulture), int.Parse(wan.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            Console.WriteLine(JsonSerializer.Serialize(new { kernels = kernels.Name, threads = kernels.Threads, wan = measured }, JsonSerializerOptions.Web));
            return 0;
        }

        using var model = VideoModel.Load(EmbeddedModel.FindFolder(), kernels);
        var (parts, ways) = Embedded(model);
        var block = model.Card.BlockDuration.TotalMilliseconds;
        Print($"{model.Card.Name}, {model.Card.Width}x{model.Card.Height}, {model.Index.Policy}, {kernels.Name}, {kernels.Threads} threads; a block lasts {block:F0} ms", parts, ways);
        var (largeParts, largeWays) = MoveShapes.Measure(Times);
        Print("SANA-Video 2B with the Wan VAE at 480x832, sum: sizes from the shapes, contents random, copied on this machine", largeParts, largeWays);
        Console.WriteLine(JsonSerializer.Serialize(
            new { kernels = kernels.Name, threads = kernels.Threads, embedded = new { parts, ways }, sana2b480p = new { parts = largeParts, ways = largeWays } },
            JsonSerializerOptions.Web));
        return 0;
    }

    /// <summary>The median of some.</summary>
    public static double Median(int times, Action work)
    {
        work();
        var all = new double[times];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            work();
            all[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(all);
        return Math.Round(all[times / 2], 3);
    }

    private static (List<MovePart> Parts, List<MoveWay> Ways) Embedded(VideoModel model)
    {
        using var stays = new MovingStream(model);
        for (var block = 0; block < Blocks; block++) stays.Next();
        var past = stays.Stream.Past;
        var state = past.State.Parts().ToList();
        var latents = past.State.LastLatents.ToArray();
        var decoded = Enumerable.Range(0, past.Decoded.Count).SelectMany(frame => past.Decoded[frame].ToArray()).ToArray();
        List<MovePart> parts =
        [
            Part("sums", state[..^2]),
            Part("conv tails", state[^2..]),
            new("last block's latents", 4L * latents.Length, Median(Times, () => latents.AsSpan().CopyTo(new float[latents.Length]))),
            new($"last {past.Decoded.Count} decoded latents", 4L * decoded.Length, Median(Times, () => decoded.AsSpan().CopyTo(new float[decoded.Length]))),
            Part("VAE history", past.Decoder.Parts),
        ];
        long Bytes(params int[] which) => which.Sum(i => parts[i].Bytes);
        double Copy(params int[] which) => Math.Round(which.Sum(i => parts[i].CopyMilliseconds), 3);

        // A stream that stays on makes the blocks that all others are compared with.
        var original = new MovingStream(model, stays);
        var saved = StreamFile.Save(original.Stream, model);
        var expected = stays.Ahead(Later);
        var bytes = ReadOnlyMemory<byte>.Empty;
        var pause = Median(Times, () =>
        {
            bytes = StreamFile.Save(original.Stream, model);
            StreamFile.Load(bytes, model).Dispose();
        });
        double tails;
        using (var scratch = new MovingStream(model, original)) tails = Median(Times, () => RemakeTails(model, scratch));
        List<MoveWay> ways =
        [
            // A copy must make the very same blocks: else what follows means nothing.
            Compare("all as it is", Bytes(0, 1, 2, 4), Copy(0, 1, 2, 4), new MovingStream(model, original)),
            Compare("VAE history rebuilt (default)", bytes.Length, pause, new MovingStream(model, StreamFile.Load(saved, model), original)),
            Compare("VAE history and conv tails rebuilt", Bytes(0, 2, 3), Math.Round(pause + tails - parts[1].CopyMilliseconds, 3), Without(tails: true, rebuild: true)),
            Compare("VAE history rebuilt, conv tails empty", Bytes(0, 2, 3), Math.Round(pause - parts[1].CopyMilliseconds, 3), Without(tails: true, rebuild: false)),
            Compare("VAE history empty", Bytes(0, 1, 2), Copy(0, 1, 2), Without(tails: false, rebuild: false)),
        ];
        original.Dispose();
        if (ways[0].FirstDifference != 0 || ways[0].LaterDifference != 0) throw new InvalidOperationException("A stream that was copied as it is makes other blocks: the comparison is broken.");
        return (parts, ways);

        MovePart Part(string name, IReadOnlyList<Tensor> tensors)
        {
            var host = tensors.Select(tensor => new float[tensor.Count]).ToList();
            return new(name, 4L * tensors.Sum(tensor => (long)tensor.Count), Median(Times, () =>
            {
                for (var i = 0; i < host.Count; i++) model.Kernels.Read(tensors[i], host[i]);
                for (var i = 0; i < host.Count; i++) model.Kernels.Write(tensors[i], host[i]);
            }));
        }

        MovingStream Without(bool tails, bool rebuild)
        {
            var other = new MovingStream(model, original);
            if (!tails) other.Stream.Past.Decoder.Clear();
            else if (rebuild) RemakeTails(model, other);
            else
            {
                foreach (var tail in other.Stream.Past.State.Parts().ToList()[^2..]) model.Kernels.Clear(tail);
            }

            return other;
        }

        MoveWay Compare(string name, long bytes, double milliseconds, MovingStream moved)
        {
            using (moved)
            {
                var made = moved.Ahead(Later);
                var (first, largest) = Difference(expected[0], made[0]);
                return new(name, bytes, milliseconds, first, largest, Difference(expected[^1], made[^1]).Mean);
            }
        }
    }

    /// <summary>
    /// The tail after the last block, nearly: the block is run again under its prompt without the tail before it, which nobody has. Its sums are
    /// then put back, for those travel.
    /// </summary>
    private static void RemakeTails(VideoModel model, MovingStream stream)
    {
        var state = stream.Stream.Past.State;
        var parts = state.Parts().ToList();
        var sums = parts[..^2].Select(part => new float[part.Count]).ToList();
        for (var i = 0; i < sums.Count; i++) model.Kernels.Read(parts[i], sums[i]);
        foreach (var tail in parts[^2..]) model.Kernels.Clear(tail);
        using var latents = model.Kernels.Create(state.LastLatents.Length / model.Transformer.Config.InChannels, model.Transformer.Config.InChannels);
        model.Kernels.Write(latents, state.LastLatents);
        model.Transformer.Forward(latents, model.Grid, [0f], stream.Text, state.PastOfLast(), state.OwnOfLast(), null);
        for (var i = 0; i < sums.Count; i++) model.Kernels.Write(parts[i], sums[i]);
    }

    private static (double Mean, double Largest) Difference(byte[] expected, byte[] made)
    {
        long sum = 0;
        var largest = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - made[i]);
            sum += difference;
            largest = Math.Max(largest, difference);
        }

        return (Math.Round((double)sum / expected.Length, 4), largest);
    }

    private static void Print(string title, IReadOnlyList<MovePart> parts, IReadOnlyList<MoveWay> ways)
    {
        Console.WriteLine(title);
        Console.WriteLine("  part                                         bytes    copied, ms");
        foreach (var part in parts) Console.WriteLine(FormattableString.Invariant($"  {part.Name,-36} {part.Bytes,13:N0} {part.CopyMilliseconds,13:F3}"));
        Console.WriteLine("  moved                                        bytes     pause, ms    next block differs by (largest)   8 blocks later");
        foreach (var way in ways)
        {
            var difference = way.FirstDifference is null ? "                    not measured" : FormattableString.Invariant($"{way.FirstDifference,24:F4} ({way.LargestDifference,3:F0}) {way.LaterDifference,19:F4}");
            var pause = way.Milliseconds is { } ms ? FormattableString.Invariant($"{ms:F3}") : "not measured";
            Console.WriteLine(FormattableString.Invariant($"  {way.Name,-36} {way.Bytes,13:N0} {pause,13} {difference}"));
        }

        Console.WriteLine();
    }

    [GeneratedRegex("^(\\d{1,4})x(\\d{1,4})$")]
    private static partial Regex Size();
}
