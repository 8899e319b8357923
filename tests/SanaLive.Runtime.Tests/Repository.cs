namespace SanaLive.Runtime.Tests;

/// <summary>Finds the repository that the tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Golden => Environment.GetEnvironmentVariable("SANALIVE_GOLDEN") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Root, "tests", "golden");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"SanaLive.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
