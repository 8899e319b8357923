using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Web.Hosting;
using SanaLive.Web.Sessions;

namespace SanaLive.Web.Bookmarks;

/// <summary>To look at the moments that a session can go back to, to go back, and to go on from one in a session of one's own.</summary>
public static class BookmarkEndpoints
{
    public static void MapBookmarks(this WebApplication app)
    {
        var session = app.MapGroup("/api/sessions/{id}");
        session.MapGet("bookmarks", ListAsync);
        session.MapGet("bookmarks/{bookmark}/picture", PictureAsync);

        var directed = app.MapGroup("/api/sessions/{id}").ForDirectors();
        directed.MapPost("bookmarks", AddAsync).Limited(limits => limits.Cues);
        directed.MapDelete("bookmarks/{bookmark}", DeleteAsync).Limited(limits => limits.Cues);
        directed.MapPost("rewind", RewindAsync).Limited(limits => limits.Cues);
        directed.MapPost("fork", ForkAsync).Limited(limits => limits.Creations);
    }

    private static async Task<Ok<IReadOnlyList<BookmarkView>>> ListAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.BookmarksAsync(id, cancellation));

    private static async Task<FileContentHttpResult> PictureAsync(
        string id, string bookmark, HttpResponse response, Backend backend, CancellationToken cancellation)
    {
        var picture = await backend.Sessions.BookmarkPictureAsync(id, bookmark, cancellation);
        // An id is never given twice.
        response.Headers[HeaderNames.CacheControl] = "private, max-age=86400, immutable";
        return TypedResults.Bytes(picture, "image/webp");
    }

    private static async Task<Created<BookmarkView>> AddAsync(string id, BookmarkRequest request, Backend backend, CancellationToken cancellation)
    {
        var bookmark = await backend.Sessions.BookmarkAsync(id, request, cancellation);
        return TypedResults.Created($"/api/sessions/{id}/bookmarks", bookmark);
    }

    private static async Task<NoContent> DeleteAsync(string id, string bookmark, Backend backend, CancellationToken cancellation)
    {
        await backend.Sessions.ForgetBookmarkAsync(id, bookmark, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<RewindView>> RewindAsync(string id, RewindRequest request, Backend backend, CancellationToken cancellation) =>
        TypedResults.Accepted($"/api/sessions/{id}", await backend.Sessions.RewindAsync(id, request, cancellation));

    private static async Task<Created<SessionStarted>> ForkAsync(string id, ForkRequest? request, Backend backend, CancellationToken cancellation)
    {
        var started = SessionStarted.From(await backend.Sessions.ForkAsync(id, request ?? new ForkRequest(), cancellation));
        return TypedResults.Created($"/api/sessions/{started.Id}", started);
    }
}
