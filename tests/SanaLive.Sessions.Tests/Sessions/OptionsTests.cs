using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<SessionOptions>> Wrong => new()
    {
        { "Lead", o => o.Lead = TimeSpan.Zero },
        { "Lead", o => o.Lead = TimeSpan.FromMinutes(2) },
        { "Grace", o => o.Grace = TimeSpan.FromSeconds(-1) },
        { "IdleExpiry", o => o.IdleExpiry = TimeSpan.FromSeconds(1) },
        { "IdleExpiry", o => o.IdleExpiry = TimeSpan.FromDays(60) },
        { "RecentBlocks", o => o.RecentBlocks = 1 },
        { "BlendBlocks", o => o.BlendBlocks = 65 },
        { "Reserve", o => o.Reserve = 1 },
        { "Reserve", o => o.Reserve = double.NaN },
        { "SessionsPerEngine", o => o.SessionsPerEngine = 0 },
        { "QueueLength", o => o.QueueLength = -1 },
        { "Claim", o => o.Claim = TimeSpan.Zero },
        { "MaxSessions", o => o.MaxSessions = 0 },
        { "Retries", o => o.Retries = 6 },
        { "FinishedCues", o => o.FinishedCues = -1 },
        { "PendingCues", o => o.PendingCues = 0 },
        { "MaxKilobits", o => o.Video.MaxKilobits = 10 },
        { "Quantizer", o => o.Video.Quantizer = 64 },
        { "MaxQuantizer", o => o.Video.MaxQuantizer = 2 },
        { "Speed", o => o.Video.Speed = 0 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Resolve_WrongOption_IsNamed(string option, Action<SessionOptions> configure)
    {
        using var services = Services(configure);
        Assert.Contains(option, Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<ISessionHost>()).Message);
    }

    [Fact]
    public void Problems_Defaults_AreNone() => Assert.Empty(new SessionOptions().Problems());

    [Fact]
    public async Task Resolve_Defaults_MakeARealHost()
    {
        await using var services = Services(_ => { });
        var host = services.GetRequiredService<ISessionHost>();
        Assert.Same(services.GetRequiredService<InProcessSessionHost>(), host);
        Assert.IsType<Vp8BlockEncoder>(services.GetRequiredService<IBlockEncoder>());
        Assert.Empty(await host.ListAsync(default));
    }

    [Fact]
    public void Create_LeadTooShortForTheModel_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => Host(new SessionOptions { Lead = TimeSpan.FromSeconds(0.55) }, new FakeEngine(TimeProvider.System)));
        Assert.Contains("at least 1.2 blocks", error.Message);
    }

    [Fact]
    public void Create_NoEngineOrTwoModels_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Host(new SessionOptions()));
        var other = new FakeEngine(TimeProvider.System) { Model = FakeEngine.Card with { Fingerprint = "other" } };
        Assert.Contains("one model", Assert.Throws<ArgumentException>(() => Host(new SessionOptions(), new FakeEngine(TimeProvider.System), other)).Message);
    }

    private static InProcessSessionHost Host(SessionOptions options, params IEngine[] engines) =>
        new(engines, new FakeEncoder(), new FakePictureReader(), Options.Create(options), TimeProvider.System, NullLogger<InProcessSessionHost>.Instance);

    private static ServiceProvider Services(Action<SessionOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IEngine>(new FakeEngine(TimeProvider.System));
        services.AddSanaLiveSessions(configure);
        return services.BuildServiceProvider();
    }
}
