using System.ComponentModel;
using System.Diagnostics;

namespace SanaLive.Eval.Inputs;

/// <summary>A script of <c>gpu-runtime/training</c> as a child process whose output is read while it works.</summary>
internal sealed class PythonScript : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;
    private readonly string name;

    private PythonScript(Process process, string name)
    {
        (this.process, this.name) = (process, name);
        errors = process.StandardError.ReadToEndAsync();
    }

    public Stream Output => process.StandardOutput.BaseStream;

    /// <param name="folder">The training code.</param>
    /// <param name="name">The script's file.</param>
    /// <param name="input">What it reads from standard input; null for nothing.</param>
    /// <param name="arguments">Of the command line.</param>
    /// <exception cref="EvalException">There is no such script, or no Python.</exception>
    public static PythonScript Start(string folder, string name, string? input, params IEnumerable<string> arguments)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            throw new EvalException($"There is no {path}: the evaluation draws and words its questions with it.");
        var python = Environment.GetEnvironmentVariable("SANALIVE_PYTHON") is { Length: > 0 } named ? named : "python3";
        var start = new ProcessStartInfo(python, [path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        try
        {
            var script = new PythonScript(Process.Start(start)!, name);
            script.process.StandardInput.Write(input);
            script.process.StandardInput.Close();
            return script;
        }
        catch (Win32Exception error)
        {
            throw new EvalException($"{python} cannot be started ({error.Message}). Run ./sanalive eval, which installs it, or name a Python 3 with numpy and torch in SANALIVE_PYTHON.", error);
        }
    }

    /// <summary>Waits for the end; its complaints become an exception.</summary>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new EvalException($"{name} failed with {process.ExitCode}: {(await errors).Trim()}");
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
