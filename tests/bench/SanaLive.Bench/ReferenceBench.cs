using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Bench;

/// <summary>
/// One denoising pass of the shipped transformer, in PyTorch and in this engine, in turn, so that whatever else the machine does meets
/// all alike; compared by the best of many, because neighbours only ever make a pass slower, and one that waits for all its threads at every
/// operation most of all. The reference must match golden case h2 first, and both sides must agree on the pass that is timed.
/// </summary>
internal static class ReferenceBench
{
    private const int Rounds = 60;
    private const float Timestep = 900;

    /// <summary>What a BLAS must reach of the processor's limit to be called the best.</summary>
    private const double GoodBlas = 0.8;

    /// <param name="args">Optional: how many threads compute (2).</param>
    public static int Run(string[] args)
    {
        var threads = args.Select(arg => int.TryParse(arg, out var number) ? number : 0).FirstOrDefault(number => number > 0, Math.Min(2, Environment.ProcessorCount));
        var (root, folder) = (FindRoot(), EmbeddedModel.FindFolder());
        var shared = Directory.CreateTempSubdirectory("sanalive-reference");
        try
        {
            using var plain = new Side(folder, threads, Precision.Fp32);
            using var bytes = new Side(folder, threads, Precision.Int8);
            plain.Share(shared.FullName);
            using var reference = ReferenceProcess.Start(
                Path.Combine(root, "tests", "bench", "reference", "reference.py"), threads,
                Path.Combine(root, "tests", "golden", "h2_longsana_blockwise"), Path.Combine(folder, "transformer"), shared.FullName, $"{threads}");
            return Compare(reference, plain, bytes, shared.FullName, threads);
        }
        catch (InvalidOperationException error)
        {
            Console.Error.WriteLine($"bench reference: {error.Message}");
            return 1;
        }
        finally
        {
            shared.Delete(recursive: true);
        }
    }

    private static int Compare(ReferenceProcess reference, Side plain, Side bytes, string shared, int threads)
    {
        var about = reference.About;
        if (!(about.Golden <= 1))
            throw new InvalidOperationException($"The reference does not match golden case h2: its error is {about.Golden:F1} times what is allowed.");
        var peak = FmaPeak.Measure(threads, CpuInstructionSets.Best);
        Console.WriteLine(FormattableString.Invariant($"one denoising pass of {plain.Model.Card.Name}, {plain.Model.Grid.Tokens} tokens, {threads} threads; {peak:F0} GFLOP/s of fused multiply-adds"));
        Console.WriteLine(FormattableString.Invariant($"PyTorch {about.Torch}: matches golden h2 in {about.Passes} passes (error {about.Golden:P0} of what is allowed); its matrix product of 1536^3 (OpenBLAS for {about.Kernels}) reaches {about.Gemm:F0} GFLOP/s, {about.Gemm / peak:P0} of the limit"));
        if (about.Gemm < GoodBlas * peak)
            Console.WriteLine(FormattableString.Invariant($"That is below {GoodBlas:P0}: either the processors are not free, or this BLAS is not the best that can be had, and what follows flatters us."));
        var golden = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(shared, "flow.bin"))).ToArray();
        var errors = new[] { plain.ErrorAgainst(golden), bytes.ErrorAgainst(golden) };
        if (!(errors[0] < 1e-4))
            throw new InvalidOperationException(FormattableString.Invariant($"The reference and this engine disagree on the pass: their flows differ by {errors[0]:P3} of the largest."));

        var times = new double[3][];
        for (var side = 0; side < times.Length; side++)
            times[side] = new double[Rounds];
        for (var round = -5; round < Rounds; round++)
        {
            var (torch, fp32, int8) = (reference.Pass(), plain.Pass(), bytes.Pass());
            if (round >= 0)
                (times[0][round], times[1][round], times[2][round]) = (torch, fp32, int8);
        }

        var medians = times.Select(side => side.Order().ElementAt(Rounds / 2)).ToArray();
        var best = times.Select(side => side.Min()).ToArray();
        Console.WriteLine("\n                     ms, best    median   times the reference (best)   differs by");
        Line("PyTorch fp32", 0, "");
        Line("this engine, fp32", 1, FormattableString.Invariant($"{errors[0]:E1}"));
        Line("this engine, int8", 2, FormattableString.Invariant($"{errors[1]:E1}"));
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                kernels = plain.Model.Kernels.Name,
                threads,
                peakGflops = Math.Round(peak, 1),
                torch = new { version = about.Torch, gemmGflops = Math.Round(about.Gemm, 1), goldenShare = Math.Round(about.Golden, 4) },
                msPerPass = new { torch = Math.Round(medians[0], 2), fp32 = Math.Round(medians[1], 2), int8 = Math.Round(medians[2], 2) },
                bestMsPerPass = new { torch = Math.Round(best[0], 2), fp32 = Math.Round(best[1], 2), int8 = Math.Round(best[2], 2) },
                faster = new { fp32 = Math.Round(best[0] / best[1], 2), int8 = Math.Round(best[0] / best[2], 2) },
                fasterByMedian = new { fp32 = Math.Round(medians[0] / medians[1], 2), int8 = Math.Round(medians[0] / medians[2], 2) },
            },
            JsonSerializerOptions.Web));
        return 0;

        void Line(string name, int side, string differs) => Console.WriteLine(FormattableString.Invariant(
            $"{name,-20} {best[side],10:F2} {medians[side],9:F2} {best[0] / best[side],28:F2}   {differs,10}"));
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"SanaLive.sln is in no folder above {AppContext.BaseDirectory}: the bench runs in the repository, with its training code and golden cases.");
    }

    /// <summary>This engine's transformer, with the past of one block behind it.</summary>
    private sealed class Side : IDisposable
    {
        private readonly CpuKernelSet kernels;
        private readonly StreamState state;
        private readonly TextContext text;
        private readonly Tensor latents;
        private readonly Tensor flow;
        private readonly float[] numbers;
        private readonly float[] embedding;
        private readonly Memory past;

        public Side(string folder, int threads, Precision precision)
        {
            kernels = new CpuKernelSet(threads);
            Model = VideoModel.Load(folder, kernels, precision);
            var config = Model.Transformer.Config;
            state = new StreamState(kernels, config, Model.Index.Policy, Model.LatentHeight, Model.LatentWidth, Model.Grid.Frames);
            var prompt = Model.Prompts.Read(null, Model.Prompts.DefaultPrompt);
            embedding = prompt.Embedding.ToArray();
            text = Model.Transformer.CreateText(prompt.Tokens);
            Model.Transformer.ReadText(embedding, text);
            numbers = new float[Model.Grid.Frames * Model.LatentHeight * Model.LatentWidth * config.InChannels];
            CounterNoise.Fill(1, 0, 0, numbers);
            (latents, flow) = (kernels.Create(numbers.Length / config.InChannels, config.InChannels), kernels.Create(numbers.Length / config.InChannels, config.OutChannels));
            kernels.Write(latents, numbers);
            Model.Transformer.Forward(latents, Model.Grid, [0f], text, null, state.BeginBlock(), null);
            state.Commit(numbers, Model.Grid.Frames);
            past = state.Past()!.Value;
        }

        public VideoModel Model { get; }

        /// <summary>Writes what the reference computes with.</summary>
        public void Share(string folder)
        {
            File.WriteAllBytes(Path.Combine(folder, "latents.bin"), MemoryMarshal.AsBytes<float>(numbers));
            File.WriteAllBytes(Path.Combine(folder, "text.bin"), MemoryMarshal.AsBytes<float>(embedding));
            File.WriteAllText(Path.Combine(folder, "facts.json"), JsonSerializer.Serialize(new
            {
                grid = new[] { Model.Grid.Frames, Model.LatentHeight, Model.LatentWidth },
                words = text.Words,
                timestep = Timestep,
                policy = Model.Index.Policy.ToString(),
            }));
        }

        /// <summary>Milliseconds of one pass.</summary>
        public double Pass()
        {
            var start = Stopwatch.GetTimestamp();
            Model.Transformer.Forward(latents, Model.Grid, [Timestep], text, past, null, flow);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        /// <summary>The largest difference as a share of the largest number.</summary>
        public double ErrorAgainst(float[] golden)
        {
            Pass();
            var own = new float[golden.Length];
            kernels.Read(flow, own);
            return own.Zip(golden).Max(pair => Math.Abs(pair.First - pair.Second)) / golden.Max(MathF.Abs);
        }

        public void Dispose()
        {
            state.Dispose();
            text.Dispose();
            latents.Dispose();
            flow.Dispose();
            Model.Dispose();
            kernels.Dispose();
        }
    }
}
