using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.Json;

namespace SanaLive.Bench;

/// <summary>PyTorch beside us: a child process that runs one pass whenever it is told to, and says how long it took.</summary>
internal sealed class ReferenceProcess : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    private ReferenceProcess(Process process)
    {
        this.process = process;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Version of PyTorch; its share of what the golden rule allows, over how many passes; GFLOP/s of its matrix product.</summary>
    public Facts About { get; private set; } = new("", double.NaN, 0, 0);

    /// <param name="script">reference.py.</param>
    /// <param name="threads">For PyTorch and its BLAS.</param>
    /// <param name="arguments">Of the script.</param>
    /// <exception cref="InvalidOperationException">No Python, no PyTorch, or the reference is wrong; the message says what to do.</exception>
    public static ReferenceProcess Start(string script, int threads, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable("SANALIVE_PYTHON") is { Length: > 0 } named ? named : "python3";
        var start = new ProcessStartInfo(python, [script, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var count = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OMP_NUM_THREADS"] = count;
        start.Environment["OPENBLAS_NUM_THREADS"] = count;

        // Memory is kept from one pass to the next, or the system's zeroing of fresh pages would be measured.
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "1073741824";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "20000000000";
        try
        {
            start.Environment.TryGetValue(Cores, out var cores);
            if (string.IsNullOrEmpty(cores) && Avx512F.IsSupported)
                start.Environment[Cores] = cores = FastestCores(start, script);
            var reference = new ReferenceProcess(Process.Start(start)!);
            reference.About = JsonSerializer.Deserialize<Facts>(reference.ReadLine(), JsonSerializerOptions.Web)! with { Kernels = cores ?? "of its own choice" };
            return reference;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{python} cannot be started ({error.Message}). {WhatToInstall}", error);
        }
    }

    /// <summary>Milliseconds of one pass.</summary>
    public double Pass()
    {
        process.StandardInput.WriteLine();
        process.StandardInput.Flush();
        return double.Parse(ReadLine(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    /// <summary>
    /// OpenBLAS takes new processors for old ones, and its kernels for the newest are not the fastest everywhere: each is asked for the
    /// product that is shown in the end.
    /// </summary>
    private static string FastestCores(ProcessStartInfo like, string script)
    {
        var best = (Name: "SkylakeX", Gemm: 0.0);
        foreach (var name in new[] { "SkylakeX", "Cooperlake", "SapphireRapids" })
        {
            var start = new ProcessStartInfo(like.FileName, [script, "gemm"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var (key, value) in like.Environment)
                start.Environment[key] = value;
            start.Environment[Cores] = name;
            using var trial = new ReferenceProcess(Process.Start(start)!);
            if (double.Parse(trial.ReadLine(), CultureInfo.InvariantCulture) is var gemm && gemm > best.Gemm)
                best = (name, gemm);
        }

        return best.Name;
    }

    /// <summary>By which OpenBLAS is told what processor to compute for.</summary>
    private const string Cores = "OPENBLAS_CORETYPE";

    private const string WhatToInstall =
        "The bench compares with PyTorch: on Debian and Ubuntu, apt-get install python3-torch python3-numpy libopenblas0-pthread (./sanalive bench reference does it); elsewhere name a Python 3 that has torch in SANALIVE_PYTHON.";

    private string ReadLine() => process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException($"{errors.Result.Trim()}\nThe reference ended. {WhatToInstall}");

    /// <param name="Torch">Its version.</param>
    /// <param name="Golden">Its largest error as a share of what the golden rule allows.</param>
    /// <param name="Passes">That were held against golden h2.</param>
    /// <param name="Gemm">GFLOP/s of its matrix product.</param>
    /// <param name="Kernels">For which processor its BLAS was told to compute.</param>
    internal sealed record Facts(string Torch, double Golden, int Passes, double Gemm, string Kernels = "");
}
