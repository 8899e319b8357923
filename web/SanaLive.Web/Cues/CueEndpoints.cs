using Microsoft.AspNetCore.Http.HttpResults;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;
using SanaLive.Web.Sessions;

namespace SanaLive.Web.Cues;

/// <summary>To steer a session: its prompt schedule, for whoever holds its director's key.</summary>
public static class CueEndpoints
{
    public static void MapCues(this WebApplication app)
    {
        var cues = app.MapGroup("/api/sessions/{id}/cues").ForDirectors();
        cues.MapPost("", AddAsync).Limited(limits => limits.Cues);
        cues.MapPut("{cue}", ChangeAsync).Limited(limits => limits.Cues);
        cues.MapDelete("{cue}", WithdrawAsync).Limited(limits => limits.Cues);
    }

    private static async Task<Accepted<CueReceipt>> AddAsync(string id, CueRequest request, Backend backend, CancellationToken cancellation)
    {
        var receipt = await backend.Sessions.CueAsync(id, request, cancellation);
        return TypedResults.Accepted($"/api/sessions/{id}/cues/{receipt.Id}", receipt);
    }

    private static async Task<Ok<CueReceipt>> ChangeAsync(
        string id, string cue, CueRequest request, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.ChangeCueAsync(id, cue, request, cancellation));

    private static async Task<Ok<CueReceipt>> WithdrawAsync(string id, string cue, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.WithdrawCueAsync(id, cue, cancellation));
}
