using SanaLive.Web.Hosting;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>One server for the tests of a class that leave it as they found it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal const string OperatorKey = "an-operator-key-for-tests";

    internal TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartWithAsync(new()
    {
        [$"{ServerOptions.Section}:OperatorKey"] = OperatorKey,
        [$"{ServerOptions.Section}:Limits:SessionBurst"] = "10000",
        [$"{ServerOptions.Section}:Limits:CueBurst"] = "10000",
    });

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
