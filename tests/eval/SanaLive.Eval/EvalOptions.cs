using System.Globalization;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Eval;

/// <summary>What a person asked for on the command line.</summary>
internal sealed record EvalOptions(bool Quick, string? Model, string? Out, int Threads, Precision? Precision, string? Sheets = null, double Minutes = 60)
{
    public const string Usage = """
        usage: ./sanalive eval [options]

        Judges the embedded model's pictures by a classifier that knows the drawn world alone. A run that is stopped goes on where it was.

          --quick          fewer and shorter streams: a few minutes instead of one to two hours, and wide intervals
          --model FOLDER   another model than the embedded one
          --out FOLDER     for the journal of finished streams (.sanalive/eval/...)
          --threads N      threads that compute (all processors)
          --precision P    of the transformer's linears: fp32 or int8 (as the server runs the model; tests/bench/README.md)
          --sheets FOLDER  no figures, but pictures to look at: the vocabulary, a cue for every attribute, two long streams
          --minutes M      length of those long streams (60, which takes about half an hour)
        """;

    /// <exception cref="FormatException">Says which argument and why.</exception>
    public static EvalOptions Parse(string[] args)
    {
        var options = new EvalOptions(false, null, null, 0, null);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options = options with { Quick = true };
                continue;
            }

            var name = args[i];
            if (name is not ("--model" or "--out" or "--threads" or "--sheets" or "--minutes" or "--precision"))
                throw new FormatException($"There is no option {name}. Try --help.");
            if (++i >= args.Length)
                throw new FormatException($"{name} needs a value. Try --help.");
            options = name switch
            {
                "--model" => options with { Model = args[i] },
                "--out" => options with { Out = args[i] },
                "--precision" => options with { Precision = args[i] switch
                {
                    "fp32" => Runtime.Kernels.Precision.Fp32,
                    "int8" => Runtime.Kernels.Precision.Int8,
                    _ => throw new FormatException($"--precision is '{args[i]}', but must be fp32 or int8."),
                } },
                "--sheets" => options with { Sheets = args[i] },
                "--minutes" => options with { Minutes = double.TryParse(args[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0.1 and <= 1440
                    ? minutes
                    : throw new FormatException($"--minutes is '{args[i]}', but must be a number from 0.1 to 1440.") },
                _ => options with { Threads = int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads <= 256
                    ? threads
                    : throw new FormatException($"--threads is '{args[i]}', but must be a whole number from 0 to 256.") },
            };
        }

        return options;
    }
}
