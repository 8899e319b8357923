using System.Net;
using Microsoft.Extensions.Options;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Silos;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Silo;

/// <summary>The engines of one machine, as part of a cluster.</summary>
public static class Program
{
    /// <summary>What the end of a silo takes beside its drain.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);

    public static async Task<int> Main(string[] args)
    {
        var commandLine = SiloCommandLine.Parse(args);
        if (commandLine.Answer is { } answer)
        {
            await (commandLine.ExitCode == 0 ? Console.Out : Console.Error).WriteLineAsync(answer);
            return commandLine.ExitCode;
        }

        try
        {
            await RunAsync(commandLine);
            return 0;
        }
        catch (Exception e) when (e is OptionsValidationException or IOException or CheckpointException or ArgumentException or DllNotFoundException or OrleansException)
        {
            await Console.Error.WriteLineAsync(e is OptionsValidationException wrong ? string.Join('\n', wrong.Failures) : $"The silo cannot start: {e.Message}");
            return e is OptionsValidationException ? 2 : 1;
        }
    }

    private static async Task RunAsync(SiloCommandLine commandLine)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(commandLine.Settings);
        var options = builder.Configuration.GetSection(SiloOptions.Section).Get<SiloOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        if (options.Problems().ToList() is { Count: > 0 } problems) throw new OptionsValidationException(SiloOptions.Section, typeof(SiloOptions), problems);
        builder.Logging.ClearProviders().AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .AddFilter("Orleans", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning);

        if (options.ApplySchema && options.Address.Database is { } database) await MembershipSchema.ApplyAsync(database, default);
        using var logs = LoggerFactory.Create(logging => logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss ")));
        await using var parts = await SiloParts.OpenAsync(options, TimeProvider.System, logs, default);
        builder.Services.AddSingleton(parts.Host).AddSingleton(parts.Store).AddSingleton(parts.Line);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Timings.Drain + Farewell);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.HealthListen == "any" ? IPAddress.Any : IPAddress.Loopback, options.HealthPort));
        builder.Host.UseOrleans(silo => silo
            .AddSanaLive(options.Timings)
            .Join(options.Address, options.AdvertisedAddress, options.SiloPort, options.GatewayPort)
            .Configure<Orleans.Configuration.SiloOptions>(one => one.SiloName = options.Name));

        await using var app = builder.Build();
        app.MapHealth();
        var sessions = app.Services.GetRequiredService<SiloSessions>();
        // While the health endpoint still answers: it says that the silo drains.
        app.Lifetime.ApplicationStopping.Register(() => sessions.DrainAsync(new CancellationTokenSource(options.Timings.Drain).Token).Wait());
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"SanaLive silo {options.Name} is ready: {string.Join(", ", app.Urls)}"));
        await app.RunAsync();
    }
}
