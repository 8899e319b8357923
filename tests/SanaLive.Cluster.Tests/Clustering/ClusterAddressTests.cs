using SanaLive.Grains.Clustering;

namespace SanaLive.Cluster.Tests.Clustering;

public sealed class ClusterAddressTests
{
    [Fact]
    public void This_machine_and_databases_are_understood()
    {
        Assert.Equal(ClusterAddress.DefaultGatewayPort, ClusterAddress.Parse("localhost").Gateway!.Port);
        Assert.Equal(30007, ClusterAddress.Parse("localhost:30007").Gateway!.Port);
        Assert.Equal("Host=db;Port=5433;Database=x", ClusterAddress.Parse("Host=db;Port=5433;Database=x").Database);
    }

    [Theory]
    [InlineData("")]
    [InlineData("db.example.org")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:70000")]
    [InlineData("localhost:-1")]
    public void Anything_else_is_refused_with_what_is_allowed(string text) =>
        Assert.Contains("localhost:PORT", Assert.Throws<ArgumentException>(() => ClusterAddress.Parse(text)).Message);
}
