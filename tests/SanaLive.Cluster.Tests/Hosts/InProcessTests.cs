using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Sessions;

namespace SanaLive.Cluster.Tests.Hosts;

/// <inheritdoc/>
public sealed class InProcessTests : SameBehaviourTests, IAsyncLifetime
{
    private readonly InProcessSessionHost _host = SmallCluster.NewHost("alone", new SessionOptions { BlendBlocks = 0, SessionsPerEngine = 8 }, null);

    protected override ISessionHost Host => _host;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();
}
