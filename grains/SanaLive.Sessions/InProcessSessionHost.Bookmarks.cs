using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Handover;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions;

/// <content>Moments of sessions that one can go back to, and sessions that go on from them.</content>
public sealed partial class InProcessSessionHost
{
    public Task<IReadOnlyList<BookmarkView>> BookmarksAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id).Bookmarks());

    public Task<BookmarkView> BookmarkAsync(string id, BookmarkRequest request, CancellationToken cancellation) =>
        KeptAsync(id, session => session.BookmarkAsync(request, cancellation));

    public Task<ReadOnlyMemory<byte>> BookmarkPictureAsync(string id, string bookmark, CancellationToken cancellation) =>
        Task.FromResult(Find(id).PictureOf(bookmark));

    public Task ForgetBookmarkAsync(string id, string bookmark, CancellationToken cancellation) =>
        KeptAsync(id, session => Task.FromResult(session.Forget(bookmark)));

    public Task<RewindView> RewindAsync(string id, RewindRequest request, CancellationToken cancellation) =>
        KeptAsync(id, session => session.RewindAsync(request.Bookmark, cancellation));

    public async Task<SessionCreated> ForkAsync(string id, ForkRequest request, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RequireRoom();
        var parent = Find(id);
        if (request.Prompt is not null) CueRules.Prompt(request.Prompt);
        var moment = await parent.MomentAsync(request.Bookmark, cancellation);
        var read = request.Prompt is null ? null : await SessionPrompts.ReadAsync(_around.Engines, null, moment.Line.InForce, request.Prompt, null, cancellation);
        RequireRoom();

        var key = SessionSecrets.NewDirectorKey();
        var own = new SessionFork(moment, SessionSecrets.NewId(), SessionSecrets.Hash(key), _around).At(request.Bookmark, request.Prompt, read);
        var stored = await PlaceForAsync(own.Facts.Id, cancellation);
        var session = new Session(await SessionFork.KeptAsync(own, stored), stored, _around);
        await OpenAsync(session);
        // Once it can be found, for whoever sees the parent's view looks it up; and it may have ended already.
        parent.HasFork(session);
        if (!_sessions.ContainsKey(session.Id)) parent.LosesFork(session.Id);
        TellFamilyOf(parent);
        return new SessionCreated(session.Id, key, session.View());
    }

    public Task<RecordingCut> RecordingAsync(string id, TimeSpan? from, TimeSpan? to, CancellationToken cancellation) => Find(id).RecordingAsync(from, to);

    public Task<ScheduleExport> ScheduleAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id).ExportSchedule());

    private Session? ParentOf(Session session) => session.Origin is { } origin ? _sessions.GetValueOrDefault(origin.Session) : null;

    private void Forget(Session session)
    {
        _sessions.TryRemove(new(session.Id, session));
        Ended?.Invoke(new SessionEnd(session.Id, session.IsElsewhere));
        if (ParentOf(session) is not { } parent) return;
        parent.LosesFork(session.Id);
        TellFamilyOf(parent);
    }

    /// <summary>Everybody from the first ancestor that has not ended down: what a page finds when it looks for the family.</summary>
    private void TellFamilyOf(Session session)
    {
        // A parent is older than its fork: there is no way round in a circle.
        while (ParentOf(session) is { } parent) session = parent;
        var members = new Stack<Session>([session]);
        while (members.TryPop(out var member))
        {
            member.FamilyChanged();
            foreach (var fork in member.Forks)
                if (_sessions.GetValueOrDefault(fork.Session) is { } child) members.Push(child);
        }
    }
}
