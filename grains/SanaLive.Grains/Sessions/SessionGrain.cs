using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime.Placement;
using SanaLive.Grains.Placement;
using SanaLive.Grains.Silos;
using SanaLive.Grains.Telemetry;
using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Replay;

namespace SanaLive.Grains.Sessions;

/// <summary>
/// A session of this silo's host, called from anywhere. It adds nothing to what a session does: commands (this file), those who follow it
/// (<c>SessionGrain.Following.cs</c>), and how it comes and goes (<c>SessionGrain.Migration.cs</c>). Calls interleave, so that a cue is
/// accepted while a block is made; the blocks are made on the engine's thread, never in a grain's turn.
/// </summary>
[SessionPlacement]
[Immovable]
[KeepAlive]
[Reentrant]
public sealed partial class SessionGrain(SiloSessions silo, TimeProvider time) : Grain, ISessionGrain, IGrainMigrationParticipant
{
    private string Id => this.GetPrimaryKeyString();

    public async Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation)
    {
        using var activity = GrainTelemetry.Start("session.create", Id);
        try
        {
            return await Outside(() => silo.Host.CreateAsync(Id, request, cancellation));
        }
        finally
        {
            if (!silo.Host.Holds(Id)) DeactivateOnIdle();
        }
    }

    public Task AdoptAsync() => Task.FromResult(Host);

    public Task<SiloAddress> WhereAsync()
    {
        _ = Host;
        return Task.FromResult(silo.Address);
    }

    public Task<SessionView> GetAsync() => AskAsync(host => host.GetAsync(Id, default));

    public Task<bool> MaySteerAsync(string directorKey) => AskAsync(host => host.MaySteerAsync(Id, directorKey, default));

    public Task<CueReceipt> CueAsync(CueRequest cue, CancellationToken cancellation) => AskAsync(host => host.CueAsync(Id, cue, cancellation), "session.cue");

    public Task<CueReceipt> ChangeCueAsync(string cueId, CueRequest cue, CancellationToken cancellation) =>
        AskAsync(host => host.ChangeCueAsync(Id, cueId, cue, cancellation), "session.cue");

    public Task<CueReceipt> WithdrawCueAsync(string cueId) => AskAsync(host => host.WithdrawCueAsync(Id, cueId, default), "session.cue");

    public Task<SessionView> PauseAsync() => AskAsync(host => host.PauseAsync(Id, default));

    public Task<SessionView> ResumeAsync() => AskAsync(host => host.ResumeAsync(Id, default));

    public Task<SessionView> RestartAsync(CancellationToken cancellation) => AskAsync(host => host.RestartAsync(Id, cancellation));

    public Task<MadeBlock[]> BlocksAsync() => AskAsync(async host => (await host.BlocksAsync(Id, default)).ToArray());

    public Task<BookmarkView[]> BookmarksAsync() => AskAsync(async host => (await host.BookmarksAsync(Id, default)).ToArray());

    public Task<BookmarkView> BookmarkAsync(BookmarkRequest request, CancellationToken cancellation) =>
        AskAsync(host => host.BookmarkAsync(Id, request, cancellation));

    public Task<byte[]> BookmarkPictureAsync(string bookmark) =>
        AskAsync(async host => (await host.BookmarkPictureAsync(Id, bookmark, default)).ToArray());

    public Task ForgetBookmarkAsync(string bookmark) => AskAsync(async host =>
    {
        await host.ForgetBookmarkAsync(Id, bookmark, default);
        return true;
    });

    public Task<RewindView> RewindAsync(RewindRequest request, CancellationToken cancellation) => AskAsync(host => host.RewindAsync(Id, request, cancellation));

    public async Task<SessionCreated> ForkAsync(ForkRequest request, CancellationToken cancellation)
    {
        var fork = await AskAsync(host => host.ForkAsync(Id, request, cancellation), "session.fork");
        // Its stream is on this silo: so is its grain.
        RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.Address);
        await GrainFactory.GetGrain<ISessionGrain>(fork.Id).AdoptAsync();
        return fork;
    }

    public Task<ScheduleExport> ScheduleAsync() => AskAsync(host => host.ScheduleAsync(Id, default));

    public Task<SessionView> MoveAsync(string engine, CancellationToken cancellation) => AskAsync(host => host.MoveAsync(Id, engine, cancellation), "session.move");

    public Task CloseAsync(CancellationToken cancellation) => AskAsync(async host =>
    {
        await host.CloseAsync(Id, cancellation);
        return true;
    });

    public Task ReportViewersAsync(string relay, int viewers) => silo.Host.ReportViewersAsync(Id, relay, viewers, default);

    /// <summary>This silo's host, which holds the session.</summary>
    /// <exception cref="SessionElsewhereException">Not any more.</exception>
    /// <exception cref="SessionException">There is no such session.</exception>
    private InProcessSessionHost Host
    {
        get
        {
            if (_leaving.IsCancellationRequested) throw new SessionElsewhereException();
            if (silo.Host.Holds(Id)) return silo.Host;
            if (!_ended) DeactivateOnIdle();
            throw _broken ?? (Exception)new SessionException(SessionError.NotFound, "There is no session with this id; it may have been closed.");
        }
    }

    private async Task<T> AskAsync<T>(Func<InProcessSessionHost, Task<T>> ask, string? name = null)
    {
        var host = Host;
        using var activity = name is null ? null : GrainTelemetry.Start(name, Id);
        try
        {
            return await Outside(() => ask(host));
        }
        catch (SessionException) when (_isElsewhere)
        {
            // Another owner has it: what was refused here is done there.
            throw new SessionElsewhereException();
        }
    }

    /// <summary>What a session starts outlives the call: it must not run in the grain's turns.</summary>
    private static Task<T> Outside<T>(Func<Task<T>> work) => Task.Run(work);
}
