using System.Globalization;

namespace SanaLive.Bench;

/// <summary>What <c>bench checkpoint</c> is asked for.</summary>
/// <param name="Block">Whether a LongSANA block is timed.</param>
/// <param name="Clip">Whether a clip of 81 frames is timed.</param>
/// <param name="Text">Whether Gemma 2 is written and loaded, too.</param>
/// <param name="Folder">Where the checkpoint is written for as long as the bench runs.</param>
/// <param name="Threads">Threads that compute; 0: all processors.</param>
/// <param name="Layers">Of the transformer; fewer than 20 try the bench out.</param>
internal sealed record CheckpointBenchOptions(bool Block, bool Clip, bool Text, string Folder, int Threads, int Layers)
{
    public const string Usage =
        "usage: ./sanalive bench checkpoint [block|clip] [--without-text] [--folder DIR] [--threads N] [--layers N]";

    public const int AllLayers = 20;

    /// <exception cref="FormatException">Says which argument is none.</exception>
    public static CheckpointBenchOptions Parse(string[] args)
    {
        var options = new CheckpointBenchOptions(true, true, true, Path.GetTempPath(), 0, AllLayers);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "block" => options with { Clip = false },
                "clip" => options with { Block = false },
                "--without-text" => options with { Text = false },
                "--folder" => options with { Folder = Value() },
                "--threads" => options with { Threads = Number(256) },
                "--layers" => options with { Layers = Math.Max(1, Number(AllLayers)) },
                var other => throw new FormatException($"There is no '{other}'. {Usage}"),
            };

            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{args[i - 1]} needs a value. {Usage}");

            int Number(int most) => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
                ? number
                : throw new FormatException($"'{args[i]}' is no whole number up to {most}. {Usage}");
        }

        return options;
    }
}
