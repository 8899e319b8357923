using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Events;

/// <summary>Writes views as server-sent events until the session, the client or the server ends.</summary>
/// <param name="open">Begins the views.</param>
/// <param name="time">Of the heartbeat.</param>
/// <param name="stopping">The server is shutting down: nobody may hold it up.</param>
public sealed class SessionEventStream(
    Func<CancellationToken, IAsyncEnumerable<SessionView>> open, TimeProvider time, CancellationToken stopping) : IResult
{
    /// <summary>Proxies close what is silent for longer.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly byte[] Comment = ": still here\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var late = new CancellationTokenSource();
        // The last view says that the server stops: it is given time to get out.
        await using var patience = stopping.Register(() => late.CancelAfter(Patience));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, late.Token);

        // Before anything is written: what is refused here is still a problem document.
        await using var views = open(end.Token).GetAsyncEnumerator(end.Token);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        try
        {
            await WriteAsync(response, views, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
        }
    }

    private async Task WriteAsync(HttpResponse response, IAsyncEnumerator<SessionView> views, CancellationTokenSource end)
    {
        await response.Body.FlushAsync(end.Token);
        var next = views.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                try
                {
                    if (!await next.WaitAsync(Heartbeat, time, end.Token)) return;
                    await response.Body.WriteAsync(Event(views.Current), end.Token);
                    next = views.MoveNextAsync().AsTask();
                }
                catch (TimeoutException) when (!next.IsFaulted)
                {
                    await response.Body.WriteAsync(Comment, end.Token);
                }

                await response.Body.FlushAsync(end.Token);
            }
        }
        finally
        {
            // An enumerator may only be disposed between its steps.
            await end.CancelAsync();
            await next.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static byte[] Event(SessionView view) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"id: {view.Version}\ndata: {JsonSerializer.Serialize(view, JsonSettings.Api)}\n\n"));
}
