using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using SanaLive.Rtc;
using SanaLive.Rtc.Sdp;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Whep;

/// <summary>WHEP (draft-ietf-wish-whep): a player sends an offer and gets the answer.</summary>
public static class WhepEndpoints
{
    private const string Sdp = "application/sdp";

    public static void MapWhep(this WebApplication app)
    {
        var whep = app.MapGroup("/whep/{session}");
        whep.MapMethods("", ["OPTIONS"], Options);
        whep.MapPost("", PostAsync).Limited(limits => limits.Offers);
        whep.MapDelete("{viewer}", Delete);
        whep.MapPatch("", Patch).ExcludeFromDescription();
        whep.MapPatch("{viewer}", Patch);
    }

    private static NoContent Options(HttpContext context)
    {
        context.Response.Headers["Accept-Post"] = Sdp;
        context.Response.Headers.Allow = "OPTIONS, POST";
        return TypedResults.NoContent();
    }

    private static async Task<IResult> PostAsync(
        string session, HttpContext context, Backend backend, IViewerEndpoint endpoint, Viewers viewers)
    {
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (!string.Equals(type, Sdp, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers["Accept-Post"] = Sdp;
            return Refusal.Of(StatusCodes.Status415UnsupportedMediaType, $"Send the offer with Content-Type: {Sdp}.");
        }

        var view = await backend.Sessions.GetAsync(session, context.RequestAborted);
        if (view.Status is SessionStatus.Closed or SessionStatus.Failed)
            return Refusal.Of(StatusCodes.Status409Conflict, $"This session cannot be watched any more. {view.Reason ?? "It was closed."}");

        // A viewer who comes to a session that waits or runs takes no place; one who would begin a stream is told now, not left with a black picture.
        if (view.Status is SessionStatus.Idle && await backend.Sessions.LoadAsync(context.RequestAborted) is { IsFull: true } load)
        {
            return Refusal.Later(
                context, StatusCodes.Status503ServiceUnavailable,
                $"This server makes as many streams as it can, and {load.Queued} more wait already. Try again in a minute.", TimeSpan.FromSeconds(10));
        }

        using var reader = new StreamReader(context.Request.Body);
        var offer = await reader.ReadToEndAsync(context.RequestAborted);
        try
        {
            var viewer = endpoint.Accept(offer);
            viewers.Add(session, viewer);
            context.Response.Headers.Location = $"/whep/{session}/{viewer.Id}";
            return TypedResults.Text(viewer.AnswerSdp, Sdp, statusCode: StatusCodes.Status201Created);
        }
        catch (SdpException e)
        {
            var status = e.Error is SdpError.NoCommonCodec ? StatusCodes.Status406NotAcceptable : StatusCodes.Status400BadRequest;
            return Refusal.Of(status, e.Message);
        }
        catch (RtcException e)
        {
            return Refusal.Later(context, StatusCodes.Status503ServiceUnavailable, e.Message, TimeSpan.FromSeconds(5));
        }
    }

    private static IResult Delete(string session, string viewer, Viewers viewers) => viewers.Close(session, viewer)
        ? TypedResults.Ok()
        : Refusal.Of(StatusCodes.Status404NotFound, "This session has no such viewer; it may be gone already.");

    private static ProblemHttpResult Patch(HttpContext context, string? viewer = null)
    {
        context.Response.Headers.Allow = viewer is null ? "OPTIONS, POST" : "DELETE";
        return Refusal.Of(
            StatusCodes.Status405MethodNotAllowed,
            "There is nothing to trickle: this server is ICE-lite, its answer holds all its candidates, and it learns yours from your first packet.");
    }
}
