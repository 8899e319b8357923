using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class FailureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Engine_FailsAndRecovers_StreamIsBitIdentical(int failures) => Stage.Play(async stage =>
    {
        var (id, other) = (await stage.CreateAsync("forest", 5), await stage.CreateAsync("forest", 5));
        var undisturbed = stage.Watch(other);
        await stage.PassAsync(5);
        await undisturbed.LeaveAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(1.3);

        stage.Engine.FailuresToCome = failures;
        await stage.PassAsync(4);

        Assert.Equal(0, stage.Engine.FailuresToCome);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(id)).Status);
        Assert.Equal(undisturbed.Blocks.Take(9).Select(b => b.Block.FrameHash), viewer.Blocks.Take(9).Select(b => b.Block.FrameHash));
    });

    [Fact]
    public void Engine_FailsWithACue_CueIsAppliedOnce() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("forest day");
        stage.Watch(id);
        await stage.PassAsync(2);
        var cue = await stage.CueAsync(id, "night", blend: 1);
        stage.Engine.FailuresToCome = 1;
        await stage.PassAsync(3);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(id, cue.Id)).Status);
        var attempts = stage.Engine.Calls.Where(c => c.Block == cue.Block).ToList();
        Assert.Equal(2, attempts.Count);
        Assert.Equal(attempts[0].Request, attempts[1].Request);
    });

    [Fact]
    public void Engine_AlwaysFails_SessionFailsWithTheReasonAndOthersLive() => Stage.Play(async stage =>
    {
        var (bad, good) = (await stage.CreateAsync(seed: 666), await stage.CreateAsync());
        var (badViewer, goodViewer) = (stage.Watch(bad), stage.Watch(good));
        await stage.PassAsync(3);
        stage.Engine.AlwaysFails = s => s.Seed == 666;
        await stage.PassAsync(5);

        var view = await stage.ViewAsync(bad);
        Assert.Equal(SessionStatus.Failed, view.Status);
        Assert.Contains("the device is gone", view.Reason);
        Assert.Equal(SessionError.Failed, badViewer.Refusal?.Error);
        Assert.Contains("the device is gone", badViewer.Refusal!.Message);
        // What was made before is not lost for the viewer.
        Assert.Equal(Enumerable.Range(0, badViewer.Blocks.Count).Select(i => (long)i), badViewer.Numbers);
        Assert.Equal(3, stage.Engine.Calls.Count(c => c.Stream.Seed == 666 && c.Block == badViewer.Blocks.Count));
        Assert.True(stage.Engine.Streams[0].Disposed || stage.Engine.Streams[1].Disposed);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(good)).Status);
        Assert.True(goodViewer.Blocks.Count >= 16);
        Assert.Equal(0, (await stage.ViewAsync(good)).Stalls);
        Assert.Equal(1, stage.Host.Load.Active);
    });

    [Fact]
    public void Failed_Commands_AreRefusedAndItCanBeClosed() => Stage.Play(async stage =>
    {
        stage.Engine.AlwaysFails = stream => stream.Seed == 7;
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(2);
        Assert.Equal(SessionError.Failed, (await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "night"))).Error);
        Assert.Equal(SessionError.Failed, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.PauseAsync(id, default))).Error);
        var late = stage.Watch(id);
        await stage.SettleAsync();
        Assert.Equal(SessionError.Failed, late.Refusal?.Error);
        await stage.Host.CloseAsync(id, default);
        Assert.Empty(await stage.Host.ListAsync(default));
    });

    [Fact]
    public void Failed_Retries_AreAnOption() => Stage.Play(async stage =>
    {
        stage.Engine.FailuresToCome = 1;
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(2);
        Assert.Equal(SessionStatus.Failed, (await stage.ViewAsync(id)).Status);
    }, o => o.Retries = 0);

    [Fact]
    public void Encoder_Fails_SessionFailsWithTheReason() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        stage.Encoder.FailuresToCome = 1;
        await stage.PassAsync(2);
        Assert.Contains("the encoder choked", (await stage.ViewAsync(id)).Reason);
        Assert.NotNull(viewer.Refusal);
    });

    [Fact]
    public void Encoder_FailsForOneBlockWhileTheNextIsMade_NoViewerSeesAGap() => Stage.Play(async stage =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        stage.Encoder.Gate = gate.Task;
        await stage.PassAsync(1);
        stage.Encoder.FailuresToCome = 1;
        gate.SetResult();
        await stage.PassAsync(3);
        Assert.Equal(0, stage.Encoder.FailuresToCome);
        Assert.Equal(SessionStatus.Failed, (await stage.ViewAsync(id)).Status);
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(i => (long)i), viewer.Numbers);
        Assert.Equal(viewer.Blocks.Count + 2, (await stage.ViewAsync(id)).Block);
    });

    [Fact]
    public void Engine_CannotMergeACueAtItsBlock_SessionFailsAndSaysSo() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 3);
        await stage.CueAsync(id, "forest", atBlock: 5);
        await stage.PassAsync(1);
        // The second has to be read again, for the first has changed what it is merged into.
        stage.Engine.CannotRead = true;
        await stage.PassAsync(5);
        var view = await stage.ViewAsync(id);
        Assert.Equal(SessionStatus.Failed, view.Status);
        Assert.Contains("text encoder", view.Reason);
        Assert.Equal([CueStatus.Applied, CueStatus.Accepted], view.Cues.Select(c => c.Status));
    });
}
