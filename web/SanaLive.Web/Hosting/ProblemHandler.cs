using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using SanaLive.Sessions;

namespace SanaLive.Web.Hosting;

/// <summary>Turns what endpoints throw into problem documents. What nobody foresaw is logged and told without its details.</summary>
internal sealed partial class ProblemHandler(ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        if (httpContext.Response.HasStarted) return false;
        var (status, sentence) = exception switch
        {
            SessionException refusal => (Refusal.StatusOf(refusal.Error), refusal.Message),
            BadHttpRequestException bad => (bad.StatusCode, Sentence(bad, httpContext)),
            _ => (StatusCodes.Status500InternalServerError, "Something failed in the server. Its log says what; trying again may help."),
        };
        if (status == StatusCodes.Status500InternalServerError) LogFailed(exception, httpContext.Request.Method, httpContext.Request.Path);
        var result = status == StatusCodes.Status503ServiceUnavailable
            ? Refusal.Later(httpContext, status, sentence, TimeSpan.FromSeconds(5))
            : Refusal.Of(status, sentence);
        await result.ExecuteAsync(httpContext);
        return true;
    }

    private static string Sentence(BadHttpRequestException bad, HttpContext context) => (bad.StatusCode, bad.InnerException) switch
    {
        (StatusCodes.Status413PayloadTooLarge, _) => RequestLimits.SentenceOnSize(context),
        (StatusCodes.Status415UnsupportedMediaType, _) => "The body must be JSON, sent with Content-Type: application/json.",
        (_, null) when bad.Message.Contains("from body", StringComparison.Ordinal) => "A JSON body is needed here.",
        (_, JsonException json) => $"The body is not what is expected here: {Explain(json)}",
        _ => $"The request cannot be read: {bad.Message}",
    };

    private static string Explain(JsonException json)
    {
        // The serializer's own sentences name .NET types, which say nothing to whoever wrote the body.
        if (json.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"it has a field that does not exist{Where(json)}.";
        if (json.Message.IndexOf("missing required properties including: ", StringComparison.Ordinal) is >= 0 and var at)
            return $"it lacks {json.Message[(at + "missing required properties including: ".Length)..]}";
        if (json.Message.Contains("doesn't allow null", StringComparison.Ordinal)) return $"the value{Where(json)} must not be null.";
        return json.InnerException is null && json.Message.Contains("could not be converted", StringComparison.Ordinal)
            || json.InnerException is InvalidOperationException or FormatException
            ? $"the value{Where(json)} has the wrong type or is out of range."
            : $"it is not valid JSON (line {json.LineNumber + 1}, position {json.BytePositionInLine + 1}).";
    }

    private static string Where(JsonException json) => json.Path is { Length: > 2 } path ? $" at '{path[2..]}'" : "";

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}
