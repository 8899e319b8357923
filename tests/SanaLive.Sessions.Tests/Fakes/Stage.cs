using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>A host of sessions on fake engines and a clock that the test moves.</summary>
internal sealed class Stage
{
    private readonly Pump _pump;

    private readonly SessionOptions _options = new() { BlendBlocks = 0 };
    private readonly List<InProcessSessionHost> _abandoned = [];

    private Stage(Pump pump, Action<SessionOptions>? configure, int engines, MemoryStore? store, Action<FakeEngine>? engine)
    {
        _pump = pump;
        Store = store;
        Engines = Enumerable.Range(0, engines).Select(i => new FakeEngine(Time, $"fake-{i}")).ToList();
        configure?.Invoke(_options);
        foreach (var one in Engines) engine?.Invoke(one);
        Host = NewHost();
    }

    /// <summary>Null when nothing is kept.</summary>
    public MemoryStore? Store { get; }

    public ManualTimeProvider Time { get; } = new();

    public FakeEncoder Encoder { get; } = new();

    public FakePictureReader Pictures { get; } = new();

    public IReadOnlyList<FakeEngine> Engines { get; private set; }

    public FakeEngine Engine => Engines[0];

    public InProcessSessionHost Host { get; private set; }

    public static void Play(Func<Stage, Task> test, Action<SessionOptions>? configure = null, int engines = 1, MemoryStore? store = null,
        Action<FakeEngine>? engine = null) => Pump.Run(async pump =>
    {
        var stage = new Stage(pump, configure, engines, store, engine);
        await test(stage);
        await stage.Host.DisposeAsync();
        foreach (var host in stage._abandoned) await host.DisposeAsync();
        Assert.All(stage.Engines.SelectMany(e => e.Streams), s => Assert.True(s.Disposed));
    });

    /// <summary>The old host is left as it is, as a process that hangs would be; a new one brings its sessions back from the store.</summary>
    /// <param name="fingerprint">Of the new host's engine.</param>
    public async Task RestartAsync(string fingerprint = "fake")
    {
        _abandoned.Add(Host);
        Engines = [.. Engines.Select(engine => new FakeEngine(Time, engine.Name) { Model = engine.Model, Facts = engine.Facts with { Fingerprint = fingerprint } })];
        Host = NewHost();
        await Host.RestoreAsync(default);
    }

    /// <summary>A second host beside the first, on engines of its own and the same store.</summary>
    public InProcessSessionHost Another()
    {
        Engines = [.. Engines.Select(engine => new FakeEngine(Time, $"other-{engine.Name}"))];
        var host = NewHost();
        _abandoned.Add(host);
        return host;
    }

    private InProcessSessionHost NewHost() => new(
        Engines.Cast<IEngine>(), Encoder, Pictures, Options.Create(_options), Time, NullLogger<InProcessSessionHost>.Instance, Store);

    public async Task<string> CreateAsync(string? prompt = null, ulong seed = 7) => (await Host.CreateAsync(new CreateSession(prompt, seed), default)).Id;

    public Viewer Watch(string id, long? fromBlock = null) => new(Host, id, Time, fromBlock);

    public Task<SessionView> ViewAsync(string id) => Host.GetAsync(id, default);

    public Task<CueReceipt> CueAsync(string id, string prompt, long? atBlock = null, int? blend = null, string? clientId = null) =>
        Host.CueAsync(id, new CueRequest(prompt, atBlock, blend, clientId), default);

    public Task<CueReceipt> SetAsync(string id, string control, ControlValue value, long? atBlock = null, string? clientId = null) =>
        Host.CueAsync(id, new CueRequest(AtBlock: atBlock, ClientId: clientId, Controls: new Dictionary<string, ControlValue> { [control] = value }), default);

    public async Task<CueReceipt> ReceiptAsync(string id, string cue) => (await ViewAsync(id)).Cues.Single(c => c.Id == cue);

    /// <summary>Lets everything happen that can happen now.</summary>
    public Task SettleAsync() => _pump.SettledAsync();

    /// <summary>Lets time pass, stopping at every timer on the way.</summary>
    public async Task PassAsync(double seconds)
    {
        var until = Time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await SettleAsync();
        while (Time.NextTimer is { } next && next <= until)
        {
            Time.Set(next > Time.GetUtcNow() ? next : Time.GetUtcNow());
            await SettleAsync();
        }

        Time.Set(until);
        await SettleAsync();
    }
}
