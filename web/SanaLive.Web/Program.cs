using Microsoft.Extensions.Options;
using SanaLive.Web.Bookmarks;
using SanaLive.Web.Cues;
using SanaLive.Web.Engines;
using SanaLive.Web.Events;
using SanaLive.Web.Hosting;
using SanaLive.Web.Live;
using SanaLive.Web.Models;
using SanaLive.Web.Recordings;
using SanaLive.Web.Relay;
using SanaLive.Web.Sessions;
using SanaLive.Web.Status;
using SanaLive.Web.Whep;

namespace SanaLive.Web;

/// <summary>The server that people run.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var commandLine = CommandLine.Parse(args);
        if (commandLine.Answer is { } answer)
        {
            await (commandLine.ExitCode == 0 ? Console.Out : Console.Error).WriteLineAsync(answer);
            return commandLine.ExitCode;
        }

        try
        {
            await using var app = Build(commandLine);
            var startup = app.Services.GetRequiredService<Startup>();
            await app.RunAsync();
            return startup.Failed ? 1 : 0;
        }
        catch (Exception e) when (e is OptionsValidationException or IOException)
        {
            // A wrong option or a port that is taken: what to do about it is in the sentence, not in a stack trace.
            await Console.Error.WriteLineAsync(e is OptionsValidationException wrong ? string.Join('\n', wrong.Failures) : $"{e.Message} Choose another with --port.");
            return 2;
        }
    }

    /// <summary>Puts the server together.</summary>
    /// <param name="commandLine">What was asked for.</param>
    /// <param name="replace">Lets tests put their own parts in place of ours.</param>
    public static WebApplication Build(CommandLine commandLine, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        var options = builder.AddServer(commandLine);
        builder.Services.AddAnswers();
        builder.Services.AddOutsiders(options);
        builder.Services.AddBackend(options);
        builder.Services.AddSingleton<RelayPool>();
        builder.Services.AddSingleton<IViewerEndpoint, RtcEndpoint>();
        builder.Services.AddSingleton<Viewers>();
        builder.Services.AddSingleton<StatusReporter>();
        builder.Services.AddLive();
        builder.Services.AddRecordings();
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseAnswers();
        app.UseOutsiders(options);
        app.UseReadinessGate();
        app.UseHubOrigins();
        app.MapPage();
        app.MapSessions();
        app.MapEngines();
        app.MapCues();
        app.MapBookmarks();
        app.MapRecordings();
        app.MapEvents();
        app.MapModels();
        app.MapStatus();
        app.MapWhep();
        app.MapLive();
        return app;
    }
}
