namespace SanaLive.Web.Hosting;

/// <summary>Opens what this server's sessions live in. Chosen once, when the server is put together.</summary>
public interface ISessionHostSource
{
    /// <summary>Returns when sessions can run: models are loaded and engines are warm.</summary>
    Task<OpenSessionHost> OpenAsync(CancellationToken cancellation);
}
