using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Bench;

/// <summary>
/// SANA-Video 2B at full size on this machine: a checkpoint of random weights is written as it would be downloaded, loaded, and one pass is
/// timed. What pictures of random weights look like says nothing, how long they take does.
/// </summary>
internal static class CheckpointBench
{
    private const int Words = 300;
    private static readonly TokenGrid BlockGrid = new(10, 30, 52);
    private static readonly TokenGrid ClipGrid = new(21, 30, 52);

    public static int Run(string[] args)
    {
        CheckpointBenchOptions options;
        try
        {
            options = CheckpointBenchOptions.Parse(args);
        }
        catch (FormatException error)
        {
            Console.Error.WriteLine($"bench checkpoint: {error.Message}");
            return 2;
        }

        var config = new TransformerConfig
        {
            InChannels = 16, OutChannels = 16, Heads = 20, HeadDim = 112, CrossHeads = 20, CrossHeadDim = 112, Layers = options.Layers, CaptionChannels = 2304, MlpRatio = 3, Patch = 2,
        }.WithNvLabsEps();
        var transformer = TransformerTensors.Of(config);
        var text = options.Text ? GemmaTensors.Of(Gemma, string.Empty) : new Dictionary<string, int[]>();
        if (Refusal(options, config, transformer, text) is { } refusal)
        {
            Console.Error.WriteLine($"bench checkpoint: {refusal}");
            return 1;
        }

        using var interrupted = new CancellationTokenSource();
        var folder = Path.Combine(options.Folder, $"sanalive-bench-checkpoint-{Environment.ProcessId}");
        var writing = true;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            Timed("written", () =>
            {
                RandomCheckpoint.Write(Path.Combine(folder, "transformer"), "diffusion_pytorch_model", transformer, interrupted.Token);
                if (options.Text)
                    RandomCheckpoint.Write(Path.Combine(folder, "text_encoder"), "model", text, interrupted.Token);
            });
            writing = false;
            return Measure(options, config, folder);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("bench checkpoint: interrupted; what was written is deleted.");
            return 130;
        }
        finally
        {
            Delete(folder);
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            interrupted.Cancel();
            // A pass of minutes cannot be asked to stop, and nothing of it is kept.
            if (Volatile.Read(ref writing))
                return;
            Delete(folder);
            Environment.Exit(130);
        }
    }

    private static Gemma2Config Gemma { get; } = new()
    {
        VocabularySize = 256_000, Hidden = 2304, FeedForward = 9216, Heads = 8, KeyValueHeads = 4, HeadDim = 256, QueryScalar = 256, SlidingWindow = 4096, AttentionSoftCap = 50,
        NormEps = 1e-6f, RopeTheta = 10_000, AttentionBias = false, Sliding = [.. Enumerable.Range(0, 26).Select(layer => layer % 2 == 0)],
    };

    /// <summary>Says what the bench needs; why it cannot have it, or null.</summary>
    private static string? Refusal(CheckpointBenchOptions options, TransformerConfig config, IReadOnlyDictionary<string, int[]> transformer, IReadOnlyDictionary<string, int[]> text)
    {
        var disk = (RandomCheckpoint.Bytes(transformer) + RandomCheckpoint.Bytes(text)) / 1e9;
        // Packed weights are as large as the files, and Gemma's embeddings stay in theirs; activations are fp32: seven of the hidden's width, and of one frame three of the feed-forward's.
        var grid = options.Clip ? ClipGrid : BlockGrid;
        var activations = 4.0 * (((double)grid.Tokens * ((7 * config.Hidden) + config.HeadDim)) + (grid.PerFrame * 3.0 * config.FeedForward)) / 1e9;
        var memory = disk - (options.Text ? 2.0 * Gemma.VocabularySize * Gemma.Hidden / 1e9 : 0) + activations + 0.7;
        Console.WriteLine(FormattableString.Invariant($"Needs {disk:F1} GB of disk in {options.Folder} while it runs, and {memory:F1} GB of memory ({activations:F1} of them activations). Ctrl-C stops it and deletes what it wrote."));
        var free = new DriveInfo(Path.GetFullPath(options.Folder)).AvailableFreeSpace / 1e9;
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9;
        return free < disk * 1.02 ? string.Create(CultureInfo.InvariantCulture, $"{options.Folder} has {free:F1} GB free. Name another place with --folder, or leave Gemma out with --without-text.")
            : available < memory ? string.Create(CultureInfo.InvariantCulture, $"this machine has {available:F1} GB of memory. --without-text and block need the least.")
            : null;
    }

    private static int Measure(CheckpointBenchOptions options, TransformerConfig config, string folder)
    {
        using var kernels = new CpuKernelSet(options.Threads);
        var set = CpuInstructionSets.Best;
        var peak = FmaPeak.Measure(kernels.Threads, set);
        Console.WriteLine(FormattableString.Invariant($"{kernels.Name}, {kernels.Threads} threads, {peak:F1} GFLOP/s of fused multiply-adds; {config.Layers} layers"));
        SanaVideoTransformer? model = null;
        Gemma2Encoder? encoder = null;
        try
        {
            var loading = Timed("loaded", () =>
            {
                using (var weights = Checkpoint.Open(Path.Combine(folder, "transformer")))
                    model = new SanaVideoTransformer(kernels, config, weights, Precision.Bf16);
                using var words = options.Text ? Checkpoint.Open(Path.Combine(folder, "text_encoder")) : null;
                encoder = words is null ? null : new Gemma2Encoder(kernels, Gemma, words, Precision.Bf16);
            });
            Console.WriteLine(FormattableString.Invariant($"memory held after loading: {ProcessMemory.Held:F1} GB"));
            using var prompt = model!.CreateText(Words);
            var reading = Timed($"prompt of {Words} tokens read", () =>
            {
                var embedding = encoder?.Encode([.. Enumerable.Range(0, Words).Select(i => (i * 7919) % Gemma.VocabularySize)]) ?? Noise(Words * config.CaptionChannels);
                model.ReadText(embedding, prompt);
            });
            Console.WriteLine("\npass                              tokens   seconds   TFLOP   GFLOP/s  of peak   memory held GB");
            var results = new List<object>();
            if (options.Block)
                results.Add(Pass("LongSANA block, 480x832x40", BlockGrid));
            if (options.Clip)
                results.Add(Pass("clip, 480x832x81", ClipGrid));
            var after = FmaPeak.Measure(kernels.Threads, set);
            Console.WriteLine(FormattableString.Invariant($"\nmost resident, mapped files included: {ProcessMemory.Peak:F1} GB; fused multiply-adds after it {after:F1} GFLOP/s"));
            Console.WriteLine(JsonSerializer.Serialize(
                new
                {
                    kernels = kernels.Name, threads = kernels.Threads, layers = config.Layers, peakGflops = new[] { Round(peak), Round(after) }, loadSeconds = Round(loading),
                    promptSeconds = Round(reading), passes = results, heldGigabytes = Round(ProcessMemory.Held ?? 0), peakGigabytes = Round(ProcessMemory.Peak ?? 0),
                },
                JsonSerializerOptions.Web));
            return 0;

            object Pass(string name, TokenGrid grid)
            {
                using var latents = kernels.Create(grid.Tokens * config.Patch * config.Patch, config.InChannels);
                using var flow = kernels.Create(grid.Tokens * config.Patch * config.Patch, config.OutChannels);
                kernels.Write(latents, Noise((int)latents.Count));
                var start = Stopwatch.GetTimestamp();
                model.Forward(latents, grid, [889], prompt, null, null, flow);
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                var sample = new float[flow.Count];
                kernels.Read(flow, sample);
                if (!sample.All(float.IsFinite))
                    throw new InvalidOperationException("The pass gave something that is not a finite number: its time means nothing.");
                var flops = CheckpointFlops.Of(config, grid, Words);
                var (gflops, held) = (flops / seconds / 1e9, ProcessMemory.Held);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-30} {grid.Tokens,9} {seconds,9:F1} {flops / 1e12,7:F1} {gflops,9:F1} {gflops / peak,8:P1} {held,16:F1}"));
                return new { pass = name, tokens = grid.Tokens, seconds = Round(seconds), teraflop = Round(flops / 1e12), gflops = Round(gflops), shareOfPeak = Math.Round(gflops / peak, 3), heldGigabytes = Round(held ?? 0) };
            }
        }
        finally
        {
            encoder?.Dispose();
            model?.Dispose();
        }
    }

    private static float[] Noise(int count)
    {
        var random = new Random(1);
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
            value = (random.NextSingle() - 0.5f) * 3.4f;
        return values;
    }

    private static double Timed(string what, Action step)
    {
        var start = Stopwatch.GetTimestamp();
        step();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"{what} in {seconds:F1} s"));
        return seconds;
    }

    private static double Round(double value) => Math.Round(value, 2);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
