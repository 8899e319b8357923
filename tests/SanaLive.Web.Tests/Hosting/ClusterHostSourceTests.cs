using Microsoft.Extensions.Logging.Abstractions;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Tests.Hosting;

/// <summary>The plug-in point for sessions of a cluster, on a machine on which nothing is plugged in.</summary>
public sealed class ClusterHostSourceTests
{
    [Fact]
    public async Task Open_WithoutThePlugIn_SaysWhatIsMissingAndWhere()
    {
        var folder = Directory.CreateTempSubdirectory("sanalive-plugin-").FullName;
        var missing = await Assert.ThrowsAsync<NotSupportedException>(() => SourceIn(folder).OpenAsync(default));
        Assert.Contains("SanaLive.Grains", missing.Message);
        Assert.Contains(folder, missing.Message);
        Assert.Contains("SanaLive.Cluster.sln", missing.Message);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Open_WithSomethingElseUnderItsName_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("sanalive-plugin-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "SanaLive.Grains.dll"), "no program");
        await Assert.ThrowsAnyAsync<BadImageFormatException>(() => SourceIn(folder).OpenAsync(default));
        Directory.Delete(folder, recursive: true);
    }

    private static ClusterHostSource SourceIn(string folder) =>
        new(new ServerOptions { Cluster = "localhost" }, TimeProvider.System, NullLoggerFactory.Instance, folder);
}
