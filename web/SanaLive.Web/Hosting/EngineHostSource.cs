namespace SanaLive.Web.Hosting;

/// <summary>Sessions in this process, on an engine for the device that it finds.</summary>
public sealed class EngineHostSource : ISessionHostSource
{
    public Task<OpenSessionHost> OpenAsync(CancellationToken cancellation) =>
        throw new InvalidDataException("This build has no engine yet.");
}
