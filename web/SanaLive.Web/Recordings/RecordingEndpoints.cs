using System.Globalization;
using Microsoft.Net.Http.Headers;
using SanaLive.Sessions;
using SanaLive.Sessions.Recordings;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Recordings;

/// <summary>What a session has shown, as a video file.</summary>
public static class RecordingEndpoints
{
    public static void AddRecordings(this IServiceCollection services) => services.AddSingleton(_ => new Mp4Converter());

    public static void MapRecordings(this WebApplication app) =>
        app.MapGet("/api/sessions/{id}/recording", GetAsync).Limited(limits => limits.Creations);

    private static async Task GetAsync(
        string id, double? from, double? to, string? format, Backend backend, Mp4Converter mp4, HttpResponse response, CancellationToken cancellation)
    {
        if (format is not (null or "webm" or "mp4")) throw new SessionException(SessionError.Invalid, "A recording has the format webm (as it was sent) or mp4 (encoded again).");
        using var recording = await backend.Sessions.RecordingAsync(id, Seconds(from, "from"), Seconds(to, "to"), cancellation);
        if (format == "mp4")
        {
            await using var file = await mp4.ConvertAsync(recording, cancellation);
            Begin(response, recording, id, "mp4", file.Length);
            await file.CopyToAsync(response.Body, cancellation);
            return;
        }

        Begin(response, recording, id, "webm", recording.Length);
        await recording.WriteAsync(response.Body, cancellation);
    }

    private static void Begin(HttpResponse response, RecordingCut recording, string id, string format, long length)
    {
        response.ContentType = $"video/{format}";
        response.ContentLength = length;
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers[HeaderNames.ContentDisposition] = string.Create(
            CultureInfo.InvariantCulture, $"attachment; filename=\"sanalive-{id[..Math.Min(6, id.Length)]}-{recording.From.TotalSeconds:0.#}s-{recording.To.TotalSeconds:0.#}s.{format}\"");
    }

    private static TimeSpan? Seconds(double? value, string name) => value switch
    {
        null => null,
        >= 0 and <= 1e9 => TimeSpan.FromSeconds(value.Value),
        _ => throw new SessionException(SessionError.Invalid, $"'{name}' is a media time in seconds, 0 or more."),
    };
}
