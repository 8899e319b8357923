namespace SanaLive.Web.Hosting;

/// <summary>Where the parts lie: beside a published server, or in the repository that it was built in.</summary>
public static class InstallPaths
{
    /// <summary>The embedded world's folder.</summary>
    public static string World { get; } = Find("models/world", "gpu-runtime/models/world");

    /// <summary>The built page's folder.</summary>
    public static string Page { get; } = Find("wwwroot", "web/SanaLive.Web/wwwroot");

    /// <summary>What connects to a cluster, if it is installed; built like this server, for release or for debugging.</summary>
    public static string Cluster { get; } = Find("cluster", $"grains/SanaLive.Grains/{BuildOutput}");

    /// <summary>Of every project in the repository, for example <c>bin/Release/net10.0</c>.</summary>
    private static string BuildOutput => string.Join('/', AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).TakeLast(3));

    private static string Find(string beside, string inRepository)
    {
        var published = Path.Combine(AppContext.BaseDirectory, beside);
        if (Directory.Exists(published)) return published;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln"))) return Path.Combine(folder.FullName, inRepository);
        }

        return published;
    }
}
