using System.Globalization;

namespace SanaLive.Bench;

/// <summary>What the operating system says that this process takes, in GB; null where it does not say.</summary>
internal static class ProcessMemory
{
    /// <summary>The most that was ever resident, pages of mapped files included, which go when memory is short.</summary>
    public static double? Peak => Read("VmHWM:");

    /// <summary>Resident now, without mapped files: what cannot go.</summary>
    public static double? Held => Read("RssAnon:");

    private static double? Read(string key)
    {
        const string status = "/proc/self/status";
        var line = File.Exists(status) ? File.ReadLines(status).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? null : double.Parse(line[key.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e9;
    }
}
