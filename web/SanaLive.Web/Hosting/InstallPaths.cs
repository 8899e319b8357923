namespace SanaLive.Web.Hosting;

/// <summary>Where the parts lie: beside a published server, or in the repository that it was built in.</summary>
public static class InstallPaths
{
    /// <summary>The embedded world's folder.</summary>
    public static string World { get; } = Find("models/world", "gpu-runtime/models/world");

    /// <summary>The built page's folder.</summary>
    public static string Page { get; } = Find("wwwroot", "web/SanaLive.Web/wwwroot");

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
