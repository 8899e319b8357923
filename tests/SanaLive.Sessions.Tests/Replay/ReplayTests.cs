using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Replay;

/// <summary>An exported schedule and seed make the same stream again.</summary>
public sealed class ReplayTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Replay_OfASteeredStream_GivesTheSameFrames(bool restarted) => Play(async stage =>
    {
        var id = (await stage.Host.CreateAsync(new CreateSession("forest", 11, new Dictionary<string, ControlValue> { ["speed"] = 40 }), default)).Id;
        var viewer = stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 3, blend: 3);
        await stage.CueAsync(id, "desert", atBlock: 4, blend: 0);
        await stage.SetAsync(id, "time", "day", atBlock: 4);
        await stage.CueAsync(id, "forest", atBlock: 14, blend: 2);
        await stage.PassAsync(5);
        var replay = await ReplayAsync(stage, id);
        if (restarted) await stage.RestartAsync();
        var again = stage.Watch(replay);
        await stage.PassAsync(10);
        Assert.Equal([3L, 4, 4, 14], (await stage.ViewAsync(replay)).Cues.Select(cue => cue.Block));
        Assert.All(again.Blocks.Where(one => one.Block.Number < 10), one => Assert.Equal(Of(viewer, one.Block.Number), one.Block.FrameHash));
        Assert.True(again.Numbers.Max() > 14);
        await again.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Replay_OfAStreamThatWentBack_TakesNoDetours() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 2, blend: 2);
        await stage.PassAsync(4);
        var asked = stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
        await stage.PassAsync(0.2);
        var bookmark = await asked;
        await stage.CueAsync(id, "forest", blend: 1);
        await stage.PassAsync(4);
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.CueAsync(id, "desert", atBlock: rewind.Block + 3, blend: 1);
        await stage.PassAsync(5);
        await stage.RestartAsync();
        var export = await stage.Host.ScheduleAsync(id, default);
        Assert.Equal([("night", 2L), ("desert", bookmark.Block + 3)], export.Cues.Select(cue => (cue.Prompt!, cue.Block)));
        var again = stage.Watch(await ReplayAsync(stage, id));
        await stage.PassAsync(8);
        foreach (var (block, _) in again.Blocks.Where(one => one.Block.Number < bookmark.Block + 6))
            Assert.Equal(Of(viewer, block.Number < bookmark.Block ? block.Number : block.Number + rewind.Block - bookmark.Block), block.FrameHash);
        await again.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Theory]
    [InlineData(null)]
    [InlineData("night")]
    public void Replay_OfAStreamThatBeganWithAPicture_GivesTheSameFrames(string? prompt) => Play(async stage =>
    {
        stage.Engine.Sees["speed"] = 40;
        var id = (await stage.Host.CreateAsync(new CreateSession(prompt, 7, Image: new byte[] { 1 }), default)).Id;
        var viewer = stage.Watch(id);
        await stage.PassAsync(4);
        var replayed = await ReplayAsync(stage, id);
        var again = stage.Watch(replayed);
        await stage.PassAsync(4);
        Assert.True(again.Blocks.Count > 4);
        foreach (var (block, _) in again.Blocks.Take(5)) Assert.Equal(Of(viewer, block.Number), block.FrameHash);
        var pictures = stage.Engine.Streams.Select(stream => stream.Start!.Latents.ToArray()).ToList();
        Assert.All(pictures, picture => Assert.Equal(pictures[0], picture));
        Assert.Equal((await stage.ViewAsync(id)).Meaning, (await stage.ViewAsync(replayed)).Meaning);
        Assert.Equivalent((await stage.ViewAsync(id)).Image, (await stage.ViewAsync(replayed)).Image);
        await again.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Replay_OfAPictureThatCannotBe_IsRefusedWithASentence() => Play(async stage =>
    {
        var id = (await stage.Host.CreateAsync(new CreateSession(Image: new byte[] { 1 }), default)).Id;
        var good = await stage.Host.ScheduleAsync(id, default);
        ScheduledImage[] wrong =
        [
            good.Image! with { Latents = [1, 2, 3] }, good.Image! with { Latents = [0, 0, 0xc0, 0x7f] }, good.Image! with { Width = -1 },
            good.Image! with { Controls = new Dictionary<string, ControlValue> { ["height"] = 3 } },
        ];
        foreach (var image in wrong)
        {
            var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.CreateAsync(new CreateSession(Replay: good with { Image = image }), default));
            Assert.Equal(SessionError.Invalid, refusal.Error);
        }

        Assert.Single(await stage.Host.ListAsync(default));
    });

    [Fact]
    public void Replay_ThatCannotBe_IsRefusedWithASentence() => Play(async stage =>
    {
        var good = await stage.Host.ScheduleAsync(await stage.CreateAsync(), default);
        CreateSession[] wrong =
        [
            new(Replay: good with { Version = 2 }), new(Replay: good with { Model = "another" }), new("night", Replay: good), new(Seed: 1, Replay: good),
            new(Replay: good with { Cues = [new ScheduledCue(-1, 0, "night")] }), new(Replay: good with { Cues = [new ScheduledCue(1, 65, "night")] }),
            new(Replay: good with { Cues = [new ScheduledCue(1, 0)] }), new(Replay: good with { Cues = [new ScheduledCue(long.MaxValue, 0, "night")] }),
            new(Replay: good with { Cues = [new ScheduledCue(1, 0, Controls: new Dictionary<string, ControlValue> { ["height"] = 3 })] }),
            new(Replay: good with { Cues = [.. Enumerable.Repeat(new ScheduledCue(1, 0, "night"), 501)] }), new(Replay: good with { Seed = ulong.MaxValue }),
        ];
        foreach (var request in wrong)
        {
            var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.CreateAsync(request, default));
            Assert.True(refusal.Error is SessionError.Invalid or SessionError.Conflict, refusal.Message);
        }

        Assert.Single(await stage.Host.ListAsync(default));
    });

    [Fact]
    public void Export_OfMoreCuesThanFit_IsRefused() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        for (var i = 0; i < ScheduleExport.MostCues + 2; i++)
        {
            await stage.SetAsync(id, "speed", 10 + i % 40);
            await stage.PassAsync(0.5);
        }

        Assert.Contains("500", (await Assert.ThrowsAsync<SessionException>(() => stage.Host.ScheduleAsync(id, default))).Message, StringComparison.Ordinal);
        await viewer.LeaveAsync();
    });

    /// <summary>As it travels: written and read.</summary>
    private static async Task<string> ReplayAsync(Stage stage, string id)
    {
        var text = JsonSerializer.Serialize(await stage.Host.ScheduleAsync(id, default), DurableJson.Options);
        var export = JsonSerializer.Deserialize<ScheduleExport>(text, DurableJson.Options);
        return (await stage.Host.CreateAsync(new CreateSession(Replay: export), default)).Id;
    }

    private static string Of(Viewer viewer, long block) => viewer.Blocks.Single(one => one.Block.Number == block).Block.FrameHash;

    private static void Play(Func<Stage, Task> test) => Stage.Play(
        async stage =>
        {
            await test(stage);
            // A host that is stopped while a block is made waits for it.
            await stage.PassAsync(1);
        },
        options => options.SnapshotBytesPerSecond = 10_000, store: new MemoryStore());
}
