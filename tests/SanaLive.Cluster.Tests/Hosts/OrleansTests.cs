using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Sessions;

namespace SanaLive.Cluster.Tests.Hosts;

/// <inheritdoc/>
public sealed class OrleansTests(OrleansTests.Shared shared) : SameBehaviourTests, IClassFixture<OrleansTests.Shared>
{
    protected override ISessionHost Host => shared.Cluster.Host;

    public sealed class Shared : IAsyncLifetime
    {
        internal SmallCluster Cluster { get; private set; } = null!;

        public async Task InitializeAsync() => Cluster = await SmallCluster.StartAsync();

        public Task DisposeAsync() => Cluster.DisposeAsync().AsTask();
    }
}
