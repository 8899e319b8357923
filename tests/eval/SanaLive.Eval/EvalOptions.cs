using System.Globalization;

namespace SanaLive.Eval;

/// <summary>What a person asked for on the command line.</summary>
internal sealed record EvalOptions(bool Quick, string? Model, string? Out, int Threads)
{
    public const string Usage = """
        usage: ./sanalive eval [options]

        Judges the embedded model's pictures by a classifier that knows the drawn world alone. A run that is stopped goes on where it was.

          --quick          fewer and shorter streams: a few minutes instead of one to two hours, and wide intervals
          --model FOLDER   another model than the embedded one
          --out FOLDER     for the journal of finished streams (.sanalive/eval/...)
          --threads N      threads that compute (all processors)
        """;

    /// <exception cref="FormatException">Says which argument and why.</exception>
    public static EvalOptions Parse(string[] args)
    {
        var options = new EvalOptions(false, null, null, 0);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--quick")
            {
                options = options with { Quick = true };
                continue;
            }

            var name = args[i];
            if (name is not ("--model" or "--out" or "--threads"))
                throw new FormatException($"There is no option {name}. Try --help.");
            if (++i >= args.Length)
                throw new FormatException($"{name} needs a value. Try --help.");
            options = name switch
            {
                "--model" => options with { Model = args[i] },
                "--out" => options with { Out = args[i] },
                _ => options with { Threads = int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out var threads) && threads <= 256
                    ? threads
                    : throw new FormatException($"--threads is '{args[i]}', but must be a whole number from 0 to 256.") },
            };
        }

        return options;
    }
}
