using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Handover;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Handover;

/// <summary>A session that goes from one host to another, both on one store.</summary>
public sealed class HandoverTests
{
    [Fact]
    public void A_session_that_is_handed_over_goes_on_with_the_same_blocks_on_time_and_makes_none_twice() => Stage.Play(
        async stage =>
        {
            var (moving, staying) = (await stage.CreateAsync("forest"), await stage.CreateAsync("forest"));
            var (first, reference) = (stage.Watch(moving), stage.Watch(staying));
            await stage.PassAsync(3);
            var engine = stage.Engine;

            var handover = await stage.Host.HandOverAsync(moving);
            await stage.SettleAsync();
            Assert.False(stage.Host.Holds(moving));
            var other = stage.Another();
            Assert.True(await other.OpenAsync(moving, HandoverFormat.Read(HandoverFormat.Write(handover!)), default));
            var second = new Viewer(other, moving, stage.Time, first.Numbers.Last() + 1);
            await stage.PassAsync(3);

            var seen = first.Blocks.Concat(second.Blocks).Select(one => one.Block).ToList();
            Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => (long)i), seen.Select(block => block.Number));
            Assert.True(second.Blocks.Count > 3);
            var count = Math.Min(seen.Count, reference.Blocks.Count);
            Assert.Equal(reference.Blocks.Take(count).Select(one => one.Block.FrameHash), seen.Take(count).Select(block => block.FrameHash));
            Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.Equal(TimeSpan.FromSeconds(0.5), pair.Second.DueAt - pair.First.DueAt));
            Assert.Equal(handover!.Block, stage.Engine.Calls[0].Block);
            Assert.DoesNotContain(engine.Calls, call => call.Stream == engine.Streams[0] && call.Block >= handover.Block);
            Assert.Equal(0, (await other.GetAsync(moving, default)).Stalls);
        },
        options => options.SessionsPerEngine = 2,
        store: new MemoryStore());

    [Fact]
    public void A_state_that_stays_in_the_store_gives_the_same_blocks() => Stage.Play(
        async stage =>
        {
            var (moving, staying) = (await stage.CreateAsync(), await stage.CreateAsync());
            var (first, reference) = (stage.Watch(moving), stage.Watch(staying));
            await stage.PassAsync(2);
            var handover = (await stage.Host.HandOverAsync(moving))! with { State = null };
            var other = stage.Another();
            await other.OpenAsync(moving, handover, default);
            var second = new Viewer(other, moving, stage.Time, first.Numbers.Last() + 1);
            await stage.PassAsync(2);

            var seen = first.Blocks.Concat(second.Blocks).Select(one => one.Block.FrameHash).ToList();
            Assert.Equal(reference.Blocks.Select(one => one.Block.FrameHash).Take(seen.Count), seen.Take(reference.Blocks.Count));
            Assert.Equal(handover.Block, stage.Engine.Calls[0].Block);
        },
        options => options.SessionsPerEngine = 2,
        store: new MemoryStore());

    [Fact]
    public void A_handover_that_is_not_the_last_word_is_ignored_and_nothing_else_is_shown() => Stage.Play(
        async stage =>
        {
            var id = await stage.CreateAsync("desert");
            var first = stage.Watch(id);
            await stage.PassAsync(2);
            var stale = (await stage.Host.HandOverAsync(id))!;
            var between = stage.Another();
            await between.OpenAsync(id, null, default);
            var second = new Viewer(between, id, stage.Time, first.Numbers.Last() + 1);
            await stage.PassAsync(2);
            await second.LeaveAsync();

            var last = stage.Another();
            Assert.True(await last.OpenAsync(id, stale, default));
            var third = new Viewer(last, id, stage.Time, second.Numbers.Last() + 1);
            await stage.PassAsync(2);

            var numbers = first.Numbers.Concat(second.Numbers).Concat(third.Numbers).ToList();
            Assert.Equal(Enumerable.Range(0, numbers.Count).Select(i => (long)i), numbers);
            Assert.True(third.Blocks.Count > 1);
        },
        store: new MemoryStore());

    [Fact]
    public void Whoever_has_lost_a_session_acknowledges_no_cue_of_it() => Stage.Play(
        async stage =>
        {
            var id = await stage.CreateAsync();
            var other = stage.Another();
            var ends = new List<SessionEnd>();
            stage.Host.Ended += ends.Add;
            await other.OpenAsync(id, null, default);

            var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "night"));
            Assert.Equal(SessionError.Conflict, refusal.Error);
            Assert.Equal([new SessionEnd(id, IsElsewhere: true)], ends);
            Assert.False(stage.Host.Holds(id));
            Assert.Empty((await other.GetAsync(id, default)).Cues);
        },
        store: new MemoryStore());

    [Fact]
    public void A_session_that_stood_in_line_stands_there_when_it_arrives() => Stage.Play(
        async stage =>
        {
            var running = await stage.CreateAsync();
            stage.Watch(running);
            await stage.PassAsync(1);
            var waiting = await stage.CreateAsync();
            Assert.Equal([waiting], stage.Host.Waiting);

            var handover = await stage.Host.HandOverAsync(waiting);
            Assert.Empty(stage.Host.Waiting);
            var other = stage.Another();
            await other.OpenAsync(waiting, handover, default);
            await stage.SettleAsync();

            // There is room: the place is kept for its first viewer.
            Assert.Equal(1, other.Load.Active);
            Assert.Equal(SessionStatus.Idle, (await other.GetAsync(waiting, default)).Status);
        },
        options => options.SessionsPerEngine = 1,
        store: new MemoryStore());

    [Fact]
    public void A_longer_line_than_the_hosts_own_tells_the_position() => Stage.Play(
        async stage =>
        {
            stage.Watch(await stage.CreateAsync());
            await stage.PassAsync(1);
            var waiting = await stage.CreateAsync();
            var before = await stage.ViewAsync(waiting);
            Assert.Equal(1, before.QueuePosition);

            stage.Host.StandInLine(new Dictionary<string, int> { [waiting] = 7 }, int.MaxValue);
            var view = await stage.ViewAsync(waiting);
            Assert.Equal(7, view.QueuePosition);
            Assert.True(view.Version > before.Version);
        },
        options => options.SessionsPerEngine = 1);

    [Fact]
    public void A_place_that_comes_free_is_left_to_whoever_waits_elsewhere_and_came_before() => Stage.Play(
        async stage =>
        {
            var running = await stage.CreateAsync();
            stage.Watch(running);
            await stage.PassAsync(1);
            var (second, third) = (await stage.CreateAsync(), await stage.CreateAsync());
            var (viewer, other) = (stage.Watch(second), stage.Watch(third));
            stage.Host.StandInLine(new Dictionary<string, int> { [second] = 3, [third] = 1 }, firstElsewhere: 2);
            await stage.Host.CloseAsync(running, default);
            await stage.PassAsync(1);
            Assert.NotEmpty(other.Blocks);
            Assert.Empty(viewer.Blocks);

            await stage.Host.CloseAsync(third, default);
            await stage.PassAsync(1);
            Assert.Equal(SessionStatus.Queued, (await stage.ViewAsync(second)).Status);
            stage.Host.StandInLine(new Dictionary<string, int> { [second] = 1 }, firstElsewhere: 2);
            await stage.PassAsync(1);
            Assert.NotEmpty(viewer.Blocks);
        },
        options => options.SessionsPerEngine = 1);

    [Fact]
    public void What_is_not_there_cannot_be_opened_or_handed_over() => Stage.Play(
        async stage =>
        {
            Assert.False(await stage.Host.OpenAsync("nobody", null, default));
            Assert.Null(await stage.Host.HandOverAsync("nobody"));
            var id = await stage.CreateAsync();
            await stage.Host.CloseAsync(id, default);
            Assert.False(await stage.Host.OpenAsync(id, null, default));
        },
        store: new MemoryStore());

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public void A_handover_that_is_cut_short_is_refused(int length)
    {
        var bytes = HandoverFormat.Write(new SessionHandover { Epoch = 3, Block = 12, Made = [new MadeBlock(3, 11, 11, "ab")] });
        Assert.Equal(12, HandoverFormat.Read(bytes).Block);
        Assert.Throws<StoreException>(() => HandoverFormat.Read(bytes.AsMemory(0, length)));
    }
}
