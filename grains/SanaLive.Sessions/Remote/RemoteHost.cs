using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Remote;

/// <summary>A host of sessions outside of this process.</summary>
/// <param name="Sessions">The seam.</param>
/// <param name="Models">What its engines run, each once, the one of new sessions first.</param>
/// <param name="Kept">Where its sessions are kept, for operators.</param>
/// <param name="Connection">Disposed of when nobody uses it any more.</param>
public sealed record RemoteHost(ISessionHost Sessions, IReadOnlyList<ModelCard> Models, string Kept, IAsyncDisposable Connection);
