using Microsoft.Extensions.Logging;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Places;
using SanaLive.Grains.Silos;
using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Replay;

namespace SanaLive.Grains.Sessions;

/// <summary>
/// Sessions of a cluster: each call goes to the session's grain. What a silo that leaves or dies interrupts is done again where the session is
/// then, unless that could do it twice. Commands are in this file, those who follow sessions in <c>OrleansSessionHost.Following.cs</c>, silos and
/// engines in <c>OrleansSessionHost.Engines.cs</c>.
/// </summary>
public sealed partial class OrleansSessionHost(IGrainFactory grains, ClusterTimings timings, TimeProvider time, ILogger<OrleansSessionHost> log) : ISessionHost
{
    private readonly Calls _calls = new(time);

    public Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation) => _calls.AgainAsync(
        // Each time with another id: of a session whose creation was interrupted nobody knows, and it expires.
        stop => grains.GetGrain<ISessionGrain>(InProcessSessionHost.NewId()).CreateAsync(request, stop), cancellation);

    public Task<SessionView> GetAsync(string id, CancellationToken cancellation) => _calls.AgainAsync(_ => Grain(id).GetAsync(), cancellation);

    public Task<bool> MaySteerAsync(string id, string directorKey, CancellationToken cancellation) =>
        _calls.AgainAsync(_ => Grain(id).MaySteerAsync(directorKey), cancellation);

    public Task<CueReceipt> CueAsync(string id, CueRequest cue, CancellationToken cancellation) => cue.ClientId is null
        ? _calls.OnceAsync(stop => Grain(id).CueAsync(cue, stop), cancellation)
        : _calls.AgainAsync(stop => Grain(id).CueAsync(cue, stop), cancellation);

    public Task<CueReceipt> ChangeCueAsync(string id, string cueId, CueRequest cue, CancellationToken cancellation) =>
        _calls.OnceAsync(stop => Grain(id).ChangeCueAsync(cueId, cue, stop), cancellation);

    public Task<CueReceipt> WithdrawCueAsync(string id, string cueId, CancellationToken cancellation) =>
        _calls.OnceAsync(_ => Grain(id).WithdrawCueAsync(cueId), cancellation);

    public Task<SessionView> PauseAsync(string id, CancellationToken cancellation) => _calls.AgainAsync(_ => Grain(id).PauseAsync(), cancellation);

    public Task<SessionView> ResumeAsync(string id, CancellationToken cancellation) => _calls.AgainAsync(_ => Grain(id).ResumeAsync(), cancellation);

    public Task<SessionView> RestartAsync(string id, CancellationToken cancellation) => _calls.OnceAsync(stop => Grain(id).RestartAsync(stop), cancellation);

    public async Task<IReadOnlyList<MadeBlock>> BlocksAsync(string id, CancellationToken cancellation) =>
        await _calls.AgainAsync(_ => Grain(id).BlocksAsync(), cancellation);

    public async Task<IReadOnlyList<BookmarkView>> BookmarksAsync(string id, CancellationToken cancellation) =>
        await _calls.AgainAsync(_ => Grain(id).BookmarksAsync(), cancellation);

    public Task<BookmarkView> BookmarkAsync(string id, BookmarkRequest request, CancellationToken cancellation) =>
        _calls.OnceAsync(stop => Grain(id).BookmarkAsync(request, stop), cancellation);

    public async Task<ReadOnlyMemory<byte>> BookmarkPictureAsync(string id, string bookmark, CancellationToken cancellation) =>
        await _calls.AgainAsync(_ => Grain(id).BookmarkPictureAsync(bookmark), cancellation);

    public Task ForgetBookmarkAsync(string id, string bookmark, CancellationToken cancellation) => _calls.OnceAsync(
        async _ =>
        {
            await Grain(id).ForgetBookmarkAsync(bookmark);
            return true;
        },
        cancellation);

    public Task<RewindView> RewindAsync(string id, RewindRequest request, CancellationToken cancellation) =>
        _calls.OnceAsync(stop => Grain(id).RewindAsync(request, stop), cancellation);

    public Task<SessionCreated> ForkAsync(string id, ForkRequest request, CancellationToken cancellation) =>
        _calls.OnceAsync(stop => Grain(id).ForkAsync(request, stop), cancellation);

    public async Task<RecordingCut> RecordingAsync(string id, TimeSpan? from, TimeSpan? to, CancellationToken cancellation)
    {
        var parts = Grain(id).RecordingAsync(from, to, cancellation).GetAsyncEnumerator(cancellation);
        try
        {
            if (!await parts.MoveNextAsync()) throw new SessionException(SessionError.Failed, "The recording ended before it began. Ask again.");
            return new RemoteRecordingCut(parts);
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public Task<ScheduleExport> ScheduleAsync(string id, CancellationToken cancellation) => _calls.AgainAsync(_ => Grain(id).ScheduleAsync(), cancellation);

    public Task CloseAsync(string id, CancellationToken cancellation) => _calls.OnceAsync(
        async stop =>
        {
            await Grain(id).CloseAsync(stop);
            return true;
        },
        cancellation);

    /// <summary>The sessions go on: only this process leaves them, and whoever follows them from it does so by its own connection.</summary>
    public Task StopAsync() => Task.CompletedTask;

    private ISessionGrain Grain(string id) => grains.GetGrain<ISessionGrain>(id);

    private ISiloGrain Silo(SiloReport silo) => grains.GetGrain<ISiloGrain>(silo.Silo.ToParsableString());
}
