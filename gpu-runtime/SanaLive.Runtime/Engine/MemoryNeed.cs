using System.Globalization;

namespace SanaLive.Runtime.Engine;

/// <summary>What a clip needs in memory, stage by stage; the stages come one after the other.</summary>
/// <param name="Stages">In order.</param>
public sealed record MemoryNeed(IReadOnlyList<MemoryStage> Stages)
{
    /// <summary>Bytes of the largest stage.</summary>
    public long Peak => Stages.Max(stage => stage.Bytes);

    /// <summary>Why it does not fit, with all numbers and what can be done; null when it fits.</summary>
    /// <param name="available">Bytes.</param>
    public string? ProblemWith(long available)
    {
        if (Peak <= available)
            return null;
        var stages = string.Join("; ", Stages.Select(stage => $"{stage.Name} {Gigabytes(stage.Bytes)}"));
        return $"This needs {Gigabytes(Peak)} of memory at its peak ({stages}), and {Gigabytes(available)} are free. Close other programs, or ask for fewer --frames or a smaller --size.";
    }

    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
