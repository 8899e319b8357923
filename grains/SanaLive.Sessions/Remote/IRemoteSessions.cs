using Microsoft.Extensions.Logging;

namespace SanaLive.Sessions.Remote;

/// <summary>
/// Sessions that live outside of the process. A server that is told to use them finds the implementation by its assembly's name, so that it is
/// built, and runs, without it.
/// </summary>
public interface IRemoteSessions
{
    /// <summary>Connects, and returns when sessions can be made.</summary>
    /// <param name="cluster">What the operator said where they are.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">The logs.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">What the operator said cannot be.</exception>
    /// <exception cref="IOException">Nobody answers there.</exception>
    Task<RemoteHost> ConnectAsync(string cluster, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation);
}
