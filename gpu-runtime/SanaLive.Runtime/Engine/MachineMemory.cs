using System.Globalization;

namespace SanaLive.Runtime.Engine;

/// <summary>Memory of this machine.</summary>
public static class MachineMemory
{
    private const string Meminfo = "/proc/meminfo";

    /// <summary>Bytes that a program may still take without anything being swapped out: what the system says, within the container's limit.</summary>
    public static long Available()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (!File.Exists(Meminfo))
            return limit;
        var line = File.ReadLines(Meminfo).FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is null ? limit : Math.Min(limit, 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
    }
}
