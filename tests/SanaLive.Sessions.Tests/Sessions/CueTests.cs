using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class CueTests
{
    [Fact]
    public void Cue_Now_IsAppliedAtTheNextBlockAndTheReceiptTurns() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("forest day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(5);
        var free = (await stage.ViewAsync(id)).Block;
        var sent = stage.Time.GetUtcNow();

        var receipt = await stage.CueAsync(id, "night");
        Assert.Equal((CueStatus.Accepted, free, 0), (receipt.Status, receipt.Block, receipt.BlendBlocks));
        Assert.Equal(["night"], receipt.Understood);
        Assert.Equal("forest day", (await stage.ViewAsync(id)).Meaning);
        await stage.PassAsync(1.5);

        var applied = await stage.ReceiptAsync(id, receipt.Id);
        Assert.Equal((CueStatus.Applied, free, free * 0.5), (applied.Status, applied.Block, applied.MediaTime));
        var view = await stage.ViewAsync(id);
        Assert.Equal(("night", "forest night"), (view.Prompt, view.Meaning));
        var call = stage.Engine.Calls.Single(c => c.Block == free);
        Assert.Equal(("forest night", true, null), (call.Request.Prompt.Meaning, call.Request.Cut, call.Request.BlendFrom));
        Assert.All(stage.Engine.Calls, c => Assert.Equal(c.Block < free ? "forest day" : "forest night", c.Request.Prompt.Meaning));
        // Seen within the lead and one block of the sending.
        var seen = viewer.Blocks.Single(b => b.Block.Number == free).Block.DueAt;
        Assert.True(seen - sent <= TimeSpan.FromSeconds(1.5));
    });

    [Fact]
    public void Cue_WhileABlockIsMade_AppliesToTheOneAfter() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.4);
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(0.2);
        var receipt = await stage.CueAsync(id, "night");
        Assert.Equal(1, receipt.Block);
        await stage.PassAsync(2);
        Assert.Equal("meadow day", stage.Engine.Calls[0].Request.Prompt.Meaning);
        Assert.Equal("meadow night", stage.Engine.Calls[1].Request.Prompt.Meaning);
    });

    [Fact]
    public void Cue_BeforeAnybodyWatches_AppliesToTheFirstBlock() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("forest day");
        Assert.Equal(0, (await stage.CueAsync(id, "night")).Block);
        stage.Watch(id);
        await stage.PassAsync(1);
        Assert.Equal(("forest night", false), (stage.Engine.Calls[0].Request.Prompt.Meaning, stage.Engine.Calls[0].Request.Cut));
    });

    [Fact]
    public void Cue_Blended_WalksFromOldToNew() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("forest day");
        stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 4, blend: 2);
        await stage.PassAsync(5);
        Assert.Equal([1f, 1f / 3, 2f / 3, 1f], stage.Engine.Calls.Skip(3).Take(4).Select(c => c.Request.BlendWeight));
        Assert.Equal([null, "forest day", "forest day", null], stage.Engine.Calls.Skip(3).Take(4).Select(c => c.Request.BlendFrom?.Meaning));
        Assert.Equal([4L], stage.Engine.Calls.Where(c => c.Request.Recache).Select(c => c.Block));
    });

    [Fact]
    public void Cue_WithoutABlend_TakesTheConfiguredOne() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        Assert.Equal(3, (await stage.CueAsync(id, "night")).BlendBlocks);
        Assert.Equal(0, (await stage.CueAsync(id, "night", blend: 0)).BlendBlocks);
    }, o => o.BlendBlocks = 3);

    [Fact]
    public void Cue_Several_AreMergedInTheOrderOfTheirBlocks() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        await stage.CueAsync(id, "forest night", atBlock: 6);
        await stage.CueAsync(id, "desert", atBlock: 3);
        await stage.CueAsync(id, "day", atBlock: 8);
        stage.Watch(id);
        await stage.PassAsync(6);
        Assert.Equal(
            ["meadow day", "desert day", "desert day", "desert day", "forest night", "forest night", "forest day"],
            stage.Engine.Calls.Skip(2).Take(7).Select(c => c.Request.Prompt.Meaning));
    });

    [Fact]
    public void Cue_TwoForOneBlock_LastWinsOthersAreTold() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var first = await stage.CueAsync(id, "night", atBlock: 3);
        var second = await stage.CueAsync(id, "forest", atBlock: 3);
        stage.Watch(id);
        await stage.PassAsync(4);
        var receipts = (await stage.ViewAsync(id)).Cues;
        Assert.Equal([CueStatus.Superseded, CueStatus.Applied], receipts.Select(r => r.Status));
        Assert.Contains(second.Id, receipts[0].Note);
        Assert.Equal("forest day", (await stage.ViewAsync(id)).Meaning);
        Assert.NotEqual(first.Id, second.Id);
    });

    [Fact]
    public void Cue_SameClientIdTwice_IsOneCue() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var first = await stage.CueAsync(id, "night", clientId: "click-1");
        var again = await stage.CueAsync(id, "something else", atBlock: 9, clientId: "click-1");
        Assert.Equal(first, again);
        stage.Watch(id);
        await stage.PassAsync(2);
        Assert.Equal(CueStatus.Applied, (await stage.CueAsync(id, "night", clientId: "click-1")).Status);
        Assert.Single((await stage.ViewAsync(id)).Cues);
        await stage.CueAsync(id, "night", clientId: "click-2");
        Assert.Equal(2, (await stage.ViewAsync(id)).Cues.Count);
    });

    [Fact]
    public void ChangeCue_BeforeItsBlock_NewWordsApply() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var cue = await stage.CueAsync(id, "night", atBlock: 4);
        var changed = await stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest("desert xyzzy"), default);
        Assert.Equal((cue.Id, 4L, "desert xyzzy"), (changed.Id, changed.Block, changed.Prompt));
        Assert.Equal(["xyzzy"], changed.NotUnderstood);
        stage.Watch(id);
        await stage.PassAsync(4);
        Assert.Equal("desert day", stage.Engine.Calls[4].Request.Prompt.Meaning);
        var late = await Assert.ThrowsAsync<SessionException>(() => stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest("day"), default));
        Assert.Equal(SessionError.Conflict, late.Error);
    });

    [Fact]
    public void WithdrawCue_BeforeItsBlock_NothingChanges() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var cue = await stage.CueAsync(id, "night", atBlock: 2);
        Assert.Equal(CueStatus.Withdrawn, (await stage.Host.WithdrawCueAsync(id, cue.Id, default)).Status);
        stage.Watch(id);
        await stage.PassAsync(4);
        Assert.All(stage.Engine.Calls, c => Assert.Equal("meadow day", c.Request.Prompt.Meaning));
    });

    [Fact]
    public void Cue_ReadWhenItCame_IsNotReadAgainUnlessThePromptInForceHasChanged() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        await stage.CueAsync(id, "night", atBlock: 2);
        await stage.CueAsync(id, "forest", atBlock: 4);
        stage.Watch(id);
        Assert.Equal(3, stage.Engine.PromptsRead);
        await stage.PassAsync(5);
        Assert.Equal(4, stage.Engine.PromptsRead);
        Assert.Equal("forest night", (await stage.ViewAsync(id)).Meaning);
    });

    [Fact]
    public void Cue_StillBeingReadWhenTheNextBlockMayBegin_IsInTimeForIt() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(3.05);
        var next = (await stage.ViewAsync(id)).Block;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Engine.ReadGate = gate.Task;

        // The next block may begin at 3.1.
        var cueing = stage.CueAsync(id, "night");
        await stage.PassAsync(0.1);
        gate.SetResult();
        var receipt = await cueing;
        await stage.PassAsync(1);

        Assert.Equal(next, receipt.Block);
        Assert.Equal("meadow night", stage.Engine.Calls.Single(c => c.Block == next).Request.Prompt.Meaning);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
    });

    [Fact]
    public void Cue_ReadForEver_HoldsNobodyUp() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Engine.ReadGate = gate.Task;
        var cueing = stage.CueAsync(id, "night");
        await stage.PassAsync(10);
        Assert.InRange(viewer.Blocks.Count, 26, 28);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => cueing)).Error);
        gate.SetResult();
        await stage.PassAsync(1);
        Assert.Empty((await stage.ViewAsync(id)).Cues);
    });

    public static TheoryData<CueRequest, SessionError, string> Garbage => new()
    {
        { new CueRequest(""), SessionError.Invalid, "empty" },
        { new CueRequest(" \n\t "), SessionError.Invalid, "empty" },
        { new CueRequest(null!), SessionError.Invalid, "empty" },
        { new CueRequest(new string('x', 3000)), SessionError.Invalid, "3000 characters" },
        { new CueRequest("night", AtBlock: -1), SessionError.Invalid, "atBlock" },
        { new CueRequest("night", AtBlock: 2), SessionError.Conflict, "next free block" },
        { new CueRequest("night", AtBlock: long.MaxValue), SessionError.Invalid, "blocks ahead" },
        { new CueRequest("night", BlendBlocks: -1), SessionError.Invalid, "blendBlocks" },
        { new CueRequest("night", BlendBlocks: 65), SessionError.Invalid, "blendBlocks" },
        { new CueRequest("night", ClientId: ""), SessionError.Invalid, "clientId" },
        { new CueRequest("night", ClientId: new string('x', 201)), SessionError.Invalid, "clientId" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Cue_Garbage_IsRefusedWithASentence(CueRequest request, SessionError error, string sentence) => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(5);
        var version = (await stage.ViewAsync(id)).Version;
        var read = stage.Engine.PromptsRead;

        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.CueAsync(id, request, default));

        Assert.Equal(error, refusal.Error);
        Assert.Contains(sentence, refusal.Message);
        Assert.Equal(version, (await stage.ViewAsync(id)).Version);
        Assert.Equal(read, stage.Engine.PromptsRead);
    });

    [Fact]
    public void Cue_LongestPromptAndStrangeCharacters_AreTaken() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        Assert.Equal(2000, (await stage.CueAsync(id, new string('x', 2000))).Prompt.Length);
        Assert.Equal("n\u0000ight \ud83d\ude00 <b>'\"", (await stage.CueAsync(id, " n\u0000ight \ud83d\ude00 <b>'\" ")).Prompt);
    });

    [Fact]
    public void Cue_EngineCannotRead_IsToldAndTheSessionLives() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        stage.Engine.CannotRead = true;
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "night"));
        Assert.Equal(SessionError.Failed, refusal.Error);
        Assert.Contains("text encoder is gone", refusal.Message);
        Assert.Empty((await stage.ViewAsync(id)).Cues);
        await stage.PassAsync(3);
        Assert.True(viewer.Blocks.Count > 5);
    });
}
