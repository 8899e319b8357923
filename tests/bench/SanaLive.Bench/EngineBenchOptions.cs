using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Bench;

/// <summary>What <c>bench engine</c> was asked for.</summary>
/// <param name="Folder">Of the model.</param>
/// <param name="Threads">That compute; 0 for all cores.</param>
/// <param name="Precision">Of the linears; null: as the server runs the model.</param>
/// <param name="Blocks">Made by all sessions of a cell together.</param>
/// <param name="Sessions">At once, one cell for each number.</param>
/// <param name="Minutes">How long a cell is watched in real time; null: until <paramref name="Blocks"/> are made.</param>
internal sealed record EngineBenchOptions(
    string Folder, int Threads, Precision? Precision, int Blocks, IReadOnlyList<int> Sessions, double? Minutes = null)
{
    public const string Usage = "bench engine [--blocks N] [--minutes M] [--sessions N,N...] [--precision fp32|int8] [--threads N] [--model FOLDER]";

    /// <exception cref="ArgumentException">An option that does not exist, or a value that cannot be.</exception>
    public static EngineBenchOptions Parse(IReadOnlyList<string> args)
    {
        var options = new EngineBenchOptions(EmbeddedModel.FindFolder(), 0, null, 300, [1, 2, 4, 8]);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count)
                throw new ArgumentException($"{args[i]} needs a value: {Usage}.");
            var value = args[i + 1];
            options = args[i] switch
            {
                "--blocks" => options with { Blocks = Number(value) },
                "--minutes" when double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0.1 and <= 1440 => options with { Minutes = minutes },
                "--sessions" => options with { Sessions = [.. value.Split(',').Select(Number)] },
                "--threads" => options with { Threads = Number(value) },
                "--precision" when Enum.TryParse<Precision>(value, ignoreCase: true, out var precision) && !int.TryParse(value, out _) => options with { Precision = precision },
                "--model" when Directory.Exists(value) => options with { Folder = value },
                _ => throw new ArgumentException($"{args[i]} {value} is not possible: {Usage}."),
            };
        }

        return options;
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1_000_000
            ? number
            : throw new ArgumentException($"'{text}' is no number from 1 to 1,000,000: {Usage}.");
}
