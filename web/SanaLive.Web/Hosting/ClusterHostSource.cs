using System.Runtime.Loader;
using SanaLive.Sessions.Remote;

namespace SanaLive.Web.Hosting;

/// <summary>Sessions of a cluster. What connects to it is not part of this server: it is loaded by its name, if it is installed.</summary>
/// <param name="options">With a cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="logs">The logs.</param>
/// <param name="folder">Where it lies.</param>
public sealed class ClusterHostSource(ServerOptions options, TimeProvider time, ILoggerFactory logs, string folder) : ISessionHostSource
{
    /// <summary>Of the assembly and of its namespace.</summary>
    private const string PlugIn = "SanaLive.Grains";

    /// <exception cref="NotSupportedException">It is not installed.</exception>
    public async Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
    {
        var remote = await Load(folder).ConnectAsync(options.Cluster!, time, logs, cancellation);
        return new OpenSessionHost(remote.Sessions, []) { Models = remote.Models, Kept = remote.Kept, Connection = remote.Connection };
    }

    private static IRemoteSessions Load(string folder)
    {
        var path = Path.Combine(folder, PlugIn + ".dll");
        if (!File.Exists(path))
            throw new NotSupportedException($"--cluster needs {PlugIn}, which is not in {folder}. It is built with SanaLive.Cluster.sln, where the Microsoft.Orleans packages can be restored.");
        // What it needs lies beside it, and what both have is this server's.
        var resolver = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, name) => resolver.ResolveAssemblyToPath(name) is { } found ? context.LoadFromAssemblyPath(found) : null;
        var type = AssemblyLoadContext.Default.LoadFromAssemblyPath(path).GetTypes().FirstOrDefault(type => typeof(IRemoteSessions).IsAssignableFrom(type) && !type.IsAbstract)
            ?? throw new NotSupportedException($"{path} is not of this server's version: nothing in it connects to a cluster. Build both anew.");
        return (IRemoteSessions)Activator.CreateInstance(type)!;
    }
}
