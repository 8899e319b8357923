using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;

namespace SanaLive.Cluster.Tests.Hosts;

/// <summary>What a session does it does on either host: these tests are run on both.</summary>
public abstract class SameBehaviourTests
{
    protected abstract ISessionHost Host { get; }

    [Fact]
    public async Task A_session_is_created_cued_watched_and_closed()
    {
        var created = await Host.CreateAsync(new CreateSession("forest", 7), default);
        Assert.True(await Host.MaySteerAsync(created.Id, created.DirectorKey, default));
        Assert.False(await Host.MaySteerAsync(created.Id, "guessed", default));
        Assert.Equal(7ul, created.View.Seed);

        await using var watcher = new Watcher(Host, created.Id);
        await watcher.SeeAsync(2);
        var receipt = await Host.CueAsync(created.Id, new CueRequest("night", ClientId: "mine"), default);
        Assert.Equal(CueStatus.Accepted, receipt.Status);
        Assert.Equal(["night"], receipt.Understood);
        Assert.Equal(receipt.Id, (await Host.CueAsync(created.Id, new CueRequest("night", ClientId: "mine"), default)).Id);
        await watcher.SeeAsync(6);
        var applied = Assert.Single((await Host.GetAsync(created.Id, default)).Cues);
        Assert.Equal((CueStatus.Applied, receipt.Block), (applied.Status, applied.Block));
        Assert.Equal(watcher.Blocks.Select(block => block.FrameHash), (await Host.BlocksAsync(created.Id, default)).Take(watcher.Blocks.Count).Select(block => block.Hash));
        Assert.All(watcher.Blocks, block => Assert.Equal((8, 16), (block.Frames.Count, block.FramesPerSecond)));

        await Host.CloseAsync(created.Id, default);
        await watcher.SeeTheEndAsync();
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => Host.GetAsync(created.Id, default))).Error);
    }

    [Fact]
    public async Task Events_tell_of_every_change_up_to_the_end()
    {
        var id = (await Host.CreateAsync(new CreateSession("forest", 7), default)).Id;
        var views = new List<SessionView>();
        var following = Task.Run(async () =>
        {
            await foreach (var view in Host.EventsAsync(id, default)) views.Add(view);
        });
        await Host.PauseAsync(id, default);
        await Host.ResumeAsync(id, default);
        await Host.CueAsync(id, new CueRequest("desert", AtBlock: 90), default);
        await Host.CloseAsync(id, default);
        await following.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(views.Select(view => view.Version).Order().Distinct(), views.Select(view => view.Version));
        Assert.Equal(SessionStatus.Closed, views[^1].Status);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_with_a_sentence()
    {
        var id = (await Host.CreateAsync(new CreateSession("forest", 7), default)).Id;
        await RefusedAsync(SessionError.Invalid, () => Host.CreateAsync(new CreateSession(""), default));
        await RefusedAsync(SessionError.Invalid, () => Host.CreateAsync(new CreateSession(new string('x', 2001)), default));
        await RefusedAsync(SessionError.Invalid, () => Host.CreateAsync(new CreateSession(Controls: new Dictionary<string, ControlValue> { ["gravity"] = 1 }), default));
        await RefusedAsync(SessionError.Invalid, () => Host.CueAsync(id, new CueRequest(""), default));
        await RefusedAsync(SessionError.Invalid, () => Host.CueAsync(id, new CueRequest("night", BlendBlocks: 65), default));
        await RefusedAsync(SessionError.NotFound, () => Host.WithdrawCueAsync(id, "c99", default));
        await RefusedAsync(SessionError.NotFound, () => Host.CueAsync("nobody", new CueRequest("night"), default));
        await RefusedAsync(SessionError.NotFound, () => Host.GetAsync("no-body_1", default));
        await RefusedAsync(SessionError.NotFound, () => Host.CloseAsync("nobody", default));
        await RefusedAsync(SessionError.NotFound, () => Host.RewindAsync(id, new RewindRequest("b99"), default));
        await RefusedAsync(SessionError.NotFound, async () => await Host.BookmarkPictureAsync(id, "b99", default));
        await RefusedAsync(SessionError.Conflict, () => Host.RestartAsync(id, default));
        await RefusedAsync(SessionError.Invalid, () => Host.MoveAsync(id, "nowhere", default));
        await RefusedAsync(SessionError.NotFound, () => Host.DrainAsync("nowhere", default));
        await RefusedAsync(SessionError.NotFound, async () => await Host.WatchAsync("nobody", null, default).GetAsyncEnumerator().MoveNextAsync());
        await RefusedAsync(SessionError.Invalid, async () => await Host.WatchAsync(id, -1, default).GetAsyncEnumerator().MoveNextAsync());
        await RefusedAsync(SessionError.NotFound, async () => await Host.EventsAsync("nobody", default).GetAsyncEnumerator().MoveNextAsync());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Host.ReportViewersAsync(id, "relay", -1, default));
        await Host.ReportViewersAsync("nobody", "relay", 1, default);
        await Host.CloseAsync(id, default);
    }

    [Fact]
    public async Task Moments_can_be_kept_gone_back_to_and_forked_from()
    {
        var id = (await Host.CreateAsync(new CreateSession("forest", 7), default)).Id;
        await using var watcher = new Watcher(Host, id);
        await watcher.SeeAsync(3);
        var bookmark = await Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
        Assert.Contains(await Host.BookmarksAsync(id, default), one => one.Id == bookmark.Id && one.Name == "here");
        await watcher.SeeAsync(3);
        var fork = await Host.ForkAsync(id, new ForkRequest(bookmark.Id, "night"), default);
        Assert.Equal(new SessionOrigin(id, bookmark.Block, bookmark.Id), fork.View.Origin);
        Assert.NotEqual(id, fork.Id);
        Assert.True((await Host.ScheduleAsync(fork.Id, default)).Seed == 7);
        var back = await Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        Assert.Equal(bookmark.Block, back.From);
        await watcher.SeeAsync(3);
        await Host.ForgetBookmarkAsync(id, bookmark.Id, default);
        Assert.DoesNotContain(await Host.BookmarksAsync(id, default), one => one.Id == bookmark.Id);
        await Host.CloseAsync(fork.Id, default);
        await Host.CloseAsync(id, default);
    }

    [Fact]
    public async Task What_was_shown_comes_as_a_file()
    {
        var id = (await Host.CreateAsync(new CreateSession("forest", 7), default)).Id;
        await using var watcher = new Watcher(Host, id);
        await watcher.SeeAsync(4);
        await RefusedAsync(SessionError.NotFound, () => Host.RecordingAsync(id, TimeSpan.FromHours(1), null, default));
        using var cut = await Host.RecordingAsync(id, null, null, default);
        using var file = new MemoryStream();
        await cut.WriteAsync(file, default);
        Assert.Equal(cut.Length, file.Length);
        Assert.Equal(0x1Au, file.ToArray()[0]);
        Assert.Equal(TimeSpan.Zero, cut.From);
        await Host.CloseAsync(id, default);
    }

    [Fact]
    public async Task Sessions_and_engines_can_be_listed()
    {
        var ids = new List<string>();
        for (var i = 0; i < 3; i++) ids.Add((await Host.CreateAsync(new CreateSession(), default)).Id);
        var listed = (await Host.ListAsync(default)).Select(view => view.Id).ToList();
        Assert.All(ids, id => Assert.Contains(id, listed));
        Assert.All(await Host.EnginesAsync(default), engine => Assert.Equal(("fake-world", 8), (engine.Model, engine.Places)));
        Assert.Equal(8 * (await Host.EnginesAsync(default)).Count, (await Host.LoadAsync(default)).Capacity);
        foreach (var id in ids) await Host.CloseAsync(id, default);
    }

    private static async Task RefusedAsync(SessionError error, Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<SessionException>(call);
        Assert.True(error == refusal.Error, $"{refusal.Error} instead of {error}: {refusal.Message}");
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
    }
}
