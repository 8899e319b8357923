using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Schedule;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>Disks that are full, slow or damaged.</summary>
public sealed class TroubleTests
{
    [Fact]
    public void Cue_IsAnsweredOnlyWhenItIsOnTheDisk() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Store!.FlushGate = disk.Task;
        var cue = stage.CueAsync(id, "night", atBlock: 3);
        await stage.PassAsync(10);
        Assert.False(cue.IsCompleted);
        disk.SetResult();
        await stage.SettleAsync();
        Assert.Equal(3, (await cue).Block);
        Assert.Contains(stage.Store.Only.Entries(id), entry => entry is JournalEntry.Cued { Event: CueEvent.Accepted { Block: 3 } });
    });

    [Fact]
    public void Block_WithACue_IsBegunOnlyWhenTheCueIsOnTheDisk() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2.9);
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Store!.FlushGate = disk.Task;
        var cue = stage.CueAsync(id, "night");
        await stage.PassAsync(5);
        var planned = (await stage.ViewAsync(id)).Cues.Single().Block;
        Assert.DoesNotContain(stage.Engine.Calls, call => call.Block >= planned);
        disk.SetResult();
        await stage.PassAsync(1);
        Assert.Contains(stage.Engine.Calls, call => call.Block == planned);
        Assert.Equal(planned, (await cue).Block);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void StoreThatHangs_TheStreamGoesOnSaysThatItIsNotDurableAndRecoversWhenItAnswers() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Store!.FlushGate = disk.Task;
        var cue = stage.CueAsync(id, "night");
        await stage.PassAsync(14);
        Assert.False(cue.IsCompleted);
        await stage.PassAsync(2);
        var receipt = await cue;
        var view = await stage.ViewAsync(id);
        Assert.False(view.Durability!.Durable);
        Assert.Contains("has not answered for 15 s", view.Durability.Reason, StringComparison.Ordinal);
        await stage.PassAsync(3);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(id, receipt.Id)).Status);
        // Nobody waits once it is known that the store hangs.
        Assert.True(stage.CueAsync(id, "forest", atBlock: 60).IsCompletedSuccessfully);
        await stage.PassAsync(1);
        Assert.True(viewer.Numbers.Last() > receipt.Block + 4);

        disk.SetResult();
        await stage.PassAsync(2);
        Assert.Equal((true, null), ((await stage.ViewAsync(id)).Durability!.Durable, (await stage.ViewAsync(id)).Durability!.Reason));
        await stage.RestartAsync();
        Assert.Equal(2, (await stage.ViewAsync(id)).Cues.Count);
        await viewer.LeaveAsync();
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FullDisk_TheStreamGoesOnSaysThatItIsNotDurableAndRecovers(bool evenForTheJournal) => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        Assert.True((await stage.ViewAsync(id)).Durability!.Durable);
        (stage.Store!.IsFull, stage.Store.IsFullForSnapshots) = (evenForTheJournal, true);
        await stage.PassAsync(3);
        var receipt = await stage.CueAsync(id, "night", atBlock: 14);
        var view = await stage.ViewAsync(id);
        Assert.False(view.Durability!.Durable);
        Assert.Contains("No space left", view.Durability.Reason, StringComparison.Ordinal);
        Assert.Equal(SessionStatus.Streaming, view.Status);
        await stage.PassAsync(3);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);

        (stage.Store.IsFull, stage.Store.IsFullForSnapshots) = (false, false);
        await stage.PassAsync(6);
        Assert.True((await stage.ViewAsync(id)).Durability!.Durable);
        Assert.Null((await stage.ViewAsync(id)).Durability!.Reason);
        var hashes = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        await stage.RestartAsync();
        var after = stage.Watch(id);
        await stage.PassAsync(1);
        Assert.All(await stage.Host.BlocksAsync(id, default), block => Assert.Equal(hashes.GetValueOrDefault(block.Number, block.Hash), block.Hash));
        Assert.InRange(after.Numbers.First(), 10, viewer.Numbers.Last() + 1);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(id, receipt.Id)).Status);
        await after.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void FullDisk_OfAnIdleSession_RecoversUnasked() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Store!.IsFull = true;
        await stage.CueAsync(id, "night", atBlock: 3);
        Assert.False((await stage.ViewAsync(id)).Durability!.Durable);
        stage.Store.IsFull = false;
        await stage.PassAsync(6);
        Assert.True((await stage.ViewAsync(id)).Durability!.Durable);
        await stage.RestartAsync();
        Assert.Equal(3, (await stage.ViewAsync(id)).Cues.Single().Block);
    });

    [Fact]
    public void DamagedSnapshot_ThePreviousOneIsUsed() => Play(async stage =>
    {
        var (id, viewer) = await StreamAsync(stage);
        var room = stage.Store!.Only;
        var newest = room.Snapshots.Keys.Where(file => room.Snapshots.Count > 1 && Usable(file, viewer, stage)).Max()!;
        room.Snapshots[newest][^40] ^= 1;
        await stage.RestartAsync();
        var view = await stage.ViewAsync(id);
        Assert.Equal(SessionStatus.Idle, view.Status);
        Assert.True(view.Block < BlockOf(newest), $"Block {view.Block} is not before the damaged snapshot's {newest}.");
        await SameAsync(stage, id, viewer);
    });

    [Fact]
    public void DamagedSnapshots_AllOfThem_TheSessionFailsWithItsScheduleAndBeginsAgainFromItsSeed() => Play(async stage =>
    {
        var (id, viewer) = await StreamAsync(stage);
        foreach (var bytes in stage.Store!.Only.Snapshots.Values) bytes[bytes.Length / 2] ^= 0x10;
        await stage.RestartAsync();
        var view = await stage.ViewAsync(id);
        Assert.Equal(SessionStatus.Failed, view.Status);
        Assert.Contains("damaged", view.Reason, StringComparison.Ordinal);
        Assert.Equal([2L, 4, 40], view.Cues.Select(cue => cue.Block));
        await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "day"));

        view = await stage.Host.RestartAsync(id, default);
        Assert.Equal((SessionStatus.Idle, 0L, null), (view.Status, view.Block, view.Reason));
        var again = stage.Watch(id);
        await stage.PassAsync(4);
        var first = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        Assert.Equal(0, again.Numbers.First());
        Assert.All(again.Blocks, one => Assert.Equal(first.GetValueOrDefault(one.Block.Number, one.Block.FrameHash), one.Block.FrameHash));
        Assert.True(again.Blocks.Count > 6);

        // And that life is durable too.
        await stage.RestartAsync();
        await again.LeaveAsync();
        Assert.Equal(SessionStatus.Idle, (await stage.ViewAsync(id)).Status);
        await SameAsync(stage, id, again);
    });

    [Fact]
    public void Restart_OfASessionThatGoesOn_IsRefused() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.RestartAsync(id, default));
        Assert.Equal(SessionError.Conflict, refusal.Error);
    });

    [Fact]
    public void ForeignSnapshot_OfAnotherSession_IsNotUsed() => Play(async stage =>
    {
        var (id, viewer) = await StreamAsync(stage);
        var (otherId, otherViewer) = await StreamAsync(stage, seed: 8);
        var (room, other) = (stage.Store!.Rooms[id], stage.Store.Rooms[otherId]);
        foreach (var file in room.Snapshots.Keys.ToList()) room.Snapshots[file] = other.Snapshots.Values.First();
        await stage.RestartAsync();
        Assert.Equal(SessionStatus.Failed, (await stage.ViewAsync(id)).Status);
        Assert.Equal(SessionStatus.Idle, (await stage.ViewAsync(otherId)).Status);
        await viewer.LeaveAsync();
        await otherViewer.LeaveAsync();
    });

    [Fact]
    public void Journal_OfALongStream_StaysShort() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        for (var minute = 0; minute < 10; minute++)
        {
            await stage.CueAsync(id, "night");
            await stage.PassAsync(60);
        }

        var room = stage.Store!.Only;
        Assert.True(room.Rewritten > 1);
        Assert.InRange(room.Bytes().Length, 1, 2_000_000);
        Assert.InRange(room.Snapshots.Count - (await stage.Host.BookmarksAsync(id, default)).Count, 2, 6);
        await stage.RestartAsync();
        Assert.Equal(10, (await stage.ViewAsync(id)).Cues.Count);
        await SameAsync(stage, id, viewer);
    });

    /// <summary>Four seconds of a stream with two cues applied and one to come, whose snapshots the test may spoil.</summary>
    private static async Task<(string Id, Viewer Viewer)> StreamAsync(Stage stage, ulong seed = 7)
    {
        var id = await stage.CreateAsync("meadow day", seed);
        var viewer = stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 2, blend: 2);
        await stage.CueAsync(id, "forest", atBlock: 4);
        await stage.CueAsync(id, "day", atBlock: 40);
        await stage.PassAsync(4.1);
        return (id, viewer);
    }

    /// <summary>What is made from now on is what was made before.</summary>
    private static async Task SameAsync(Stage stage, string id, Viewer before)
    {
        var hashes = before.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        var after = stage.Watch(id);
        await stage.PassAsync(1);
        var made = await stage.Host.BlocksAsync(id, default);
        Assert.Contains(made, block => hashes.ContainsKey(block.Number));
        Assert.All(made, block => Assert.Equal(hashes.GetValueOrDefault(block.Number, block.Hash), block.Hash));
        await after.LeaveAsync();
        await before.LeaveAsync();
    }

    private static bool Usable(string file, Viewer viewer, Stage stage) => BlockOf(file) <= 1 + viewer.Blocks
        .Where(one => one.Block.DueAt + TimeSpan.FromSeconds(0.5) <= stage.Time.GetUtcNow()).Max(one => one.Block.Number);

    private static long BlockOf(string file) => long.Parse(file.AsSpan(0, 6), System.Globalization.CultureInfo.InvariantCulture);

    private static void Play(Func<Stage, Task> test) => Stage.Play(test, options => options.SnapshotBytesPerSecond = 10_000, store: new MemoryStore());
}
