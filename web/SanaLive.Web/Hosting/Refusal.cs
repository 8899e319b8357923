using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using SanaLive.Sessions;

namespace SanaLive.Web.Hosting;

/// <summary>Problem documents: a status and a sentence that a person can act on.</summary>
public static class Refusal
{
    public static ProblemHttpResult Of(int status, string sentence) => TypedResults.Problem(sentence, statusCode: status);

    public static int StatusOf(SessionError error) => error switch
    {
        SessionError.NotFound => StatusCodes.Status404NotFound,
        SessionError.Invalid => StatusCodes.Status400BadRequest,
        SessionError.TooLarge => StatusCodes.Status413PayloadTooLarge,
        SessionError.Unsupported => StatusCodes.Status501NotImplemented,
        SessionError.Conflict or SessionError.Failed => StatusCodes.Status409Conflict,
        SessionError.Overloaded => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>A refusal that will not last.</summary>
    public static ProblemHttpResult Later(HttpContext context, int status, string sentence, TimeSpan after)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(after.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Of(status, sentence);
    }
}
