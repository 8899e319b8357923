using System.Diagnostics;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>Runs where a small file system can be mounted (as root, on Linux); reported as skipped elsewhere.</summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !CanMount.Value) Skip = "a tmpfs can be mounted by root on Linux only.";
    }

    private static readonly Lazy<bool> CanMount = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("sanalive-mount").FullName;
        var mounted = Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder) == 0;
        if (mounted) Run("umount", folder);
        Directory.Delete(folder);
        return mounted;
    });

    public static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
