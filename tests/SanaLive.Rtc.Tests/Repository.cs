namespace SanaLive.Rtc.Tests;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Offer(string name) =>
        File.ReadAllText(Path.Combine(Root, "tests", "SanaLive.Rtc.Tests", "Sdp", "Offers", $"{name}.sdp")).ReplaceLineEndings("\r\n");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("SanaLive.sln is in no folder above the tests.");
    }
}
