using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class ControlCueTests
{
    [Fact]
    public void Cue_OfControlsAlone_SaysWhatItSetsAndKeepsTheRest() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("forest night");
        stage.Watch(id);
        await stage.PassAsync(3);

        var receipt = await stage.SetAsync(id, "speed", 42);
        Assert.Equal(("speed 42", CueStatus.Accepted), (receipt.Prompt, receipt.Status));
        Assert.Equal(["speed 42"], receipt.Understood);
        Assert.Equal(new Dictionary<string, ControlValue> { ["speed"] = 42 }, receipt.Controls);
        Assert.Equal(30, (await stage.ViewAsync(id)).Controls["speed"].Number);
        await stage.PassAsync(1.5);

        var view = await stage.ViewAsync(id);
        Assert.Equal(("speed 42", "forest night"), (view.Prompt, view.Meaning));
        Assert.Equal((42, "right"), (view.Controls["speed"].Number, view.Controls["direction"].Word));
        Assert.Equal(CueStatus.Applied, view.Cues.Single().Status);
    });

    [Fact]
    public void Cue_OfWordsAndControls_IsOneCue() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        var sent = new CueRequest("forest day", AtBlock: 3, Controls: Controls(("time", "night"), ("speed", 10)));
        var receipt = await stage.Host.CueAsync(id, sent, default);
        Assert.Equal("forest day", receipt.Prompt);
        await stage.PassAsync(4);
        var view = await stage.ViewAsync(id);
        Assert.Equal(("forest night", 10), (view.Meaning, view.Controls["speed"].Number));
        Assert.Single(stage.Engine.Calls, c => c.Request.Cut);
    });

    [Fact]
    public void Cue_ArrowKeyHeld_LastValueCountsAndNoOtherNameIsLost() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        stage.Watch(id);
        var words = await stage.CueAsync(id, "night", atBlock: 4);
        await stage.SetAsync(id, "direction", "left", atBlock: 4);
        for (var speed = 31; speed <= 60; speed++) await stage.SetAsync(id, "speed", speed, atBlock: 4);
        await stage.PassAsync(5);

        var view = await stage.ViewAsync(id);
        Assert.Equal(("meadow night", 60, "left"), (view.Meaning, view.Controls["speed"].Number, view.Controls["direction"].Word));
        Assert.Equal(3, view.Cues.Count(c => c.Status == CueStatus.Applied));
        Assert.Equal(29, view.Cues.Count(c => c.Status == CueStatus.Superseded));
        Assert.Equal((CueStatus.Applied, 4L), (view.Cues.Single(c => c.Id == words.Id).Status, view.Cues.Single(c => c.Id == words.Id).Block));
        // One switch at one block, however many keys were pressed.
        Assert.Equal([4L], stage.Engine.Calls.Where(c => c.Request.Cut).Select(c => c.Block));
    });

    [Fact]
    public void Cue_ArrowKeyHeldForSeconds_FollowsEveryBlockAndNeverStalls() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        for (var press = 0; press < 100; press++)
        {
            await stage.SetAsync(id, "speed", 10 + press / 2.0);
            await stage.PassAsync(0.03);
        }

        await stage.PassAsync(2);
        var view = await stage.ViewAsync(id);
        Assert.Equal((59.5, 0L), (view.Controls["speed"].Number, view.Stalls));
        Assert.DoesNotContain(view.Cues, c => c.Status == CueStatus.Accepted);
        var speeds = stage.Engine.Calls.Select(c => c.Request.Prompt.Controls["speed"].Number!.Value).ToList();
        Assert.Equal(speeds.Skip(8).Order(), speeds.Skip(8));
        Assert.True(speeds.Distinct().Count() >= 6, string.Join(" ", speeds));
        Assert.True(viewer.Blocks.Count > 10);
    });

    [Fact]
    public void Cue_SameClientIdTwice_IsOneCueWhateverItsControls() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var first = await stage.SetAsync(id, "speed", 20, clientId: "key-1");
        Assert.Equal(first, await stage.SetAsync(id, "speed", 20, clientId: "key-1"));
        Assert.Equal(first, await stage.SetAsync(id, "direction", "left", clientId: "key-1"));
        stage.Watch(id);
        await stage.PassAsync(1);
        Assert.Equal(first.Id, (await stage.SetAsync(id, "speed", 20, clientId: "key-1")).Id);
        Assert.Single((await stage.ViewAsync(id)).Cues);
    });

    [Fact]
    public void Change_WithControls_KeepsTheWordsAndTakesTheNewValues() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var cue = await stage.Host.CueAsync(id, new CueRequest("forest", 6, Controls: Controls(("speed", 20))), default);
        var changed = await stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest(Controls: Controls(("direction", "left"))), default);
        Assert.Equal(("forest", 6L), (changed.Prompt, changed.Block));
        Assert.Equal(["direction"], changed.Controls!.Keys);
        var bare = await stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest(AtBlock: 5, Controls: Controls()), default);
        Assert.Equal(("forest", 5L, null), (bare.Prompt, bare.Block, bare.Controls));
        await stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest(Controls: Controls(("direction", "left"))), default);
        stage.Watch(id);
        await stage.PassAsync(5);
        var view = await stage.ViewAsync(id);
        Assert.Equal(("forest day", 30, "left"), (view.Meaning, view.Controls["speed"].Number, view.Controls["direction"].Word));
    });

    [Fact]
    public void Change_ThatWouldLeaveNothing_IsRefused() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var cue = await stage.SetAsync(id, "speed", 20, atBlock: 6);
        var refusal = await Assert.ThrowsAsync<SessionException>(
            () => stage.Host.ChangeCueAsync(id, cue.Id, new CueRequest(Controls: Controls()), default));
        Assert.Equal(SessionError.Invalid, refusal.Error);
        Assert.Equal(20, (await stage.ReceiptAsync(id, cue.Id)).Controls!["speed"].Number);
    });

    [Fact]
    public void Create_WithControls_BeginsWithThem() => Stage.Play(async stage =>
    {
        var view = (await stage.Host.CreateAsync(new CreateSession(Controls: Controls(("speed", 10), ("time", "night"))), default)).View;
        Assert.Equal(("meadow night", 10), (view.Meaning, view.Controls["speed"].Number));
        view = (await stage.Host.CreateAsync(new CreateSession("forest", Controls: Controls(("time", "night"))), default)).View;
        Assert.Equal(("forest", "forest night"), (view.Prompt, view.Meaning));
        view = (await stage.Host.CreateAsync(new CreateSession(Controls: Controls()), default)).View;
        Assert.Equal("meadow day", view.Meaning);
    });

    public static TheoryData<string, ControlValue, string> Garbage => new()
    {
        { "speed", 9.99, "The control 'speed' is a number from 10 to 60 px/s, not 9.99." },
        { "speed", 61, "a number from 10 to 60 px/s, not 61" },
        { "speed", double.NaN, "not NaN" },
        { "speed", double.PositiveInfinity, "a number from 10 to 60 px/s" },
        { "speed", "fast", "not 'fast'" },
        { "direction", "up", "The control 'direction' is one of right, left, not 'up'." },
        { "direction", "Left", "not 'Left'" },
        { "direction", 1, "one of right, left, not 1" },
        { "direction", default, "one of right, left" },
        { "direction", new string('x', 60_000), "xxx…" },
        { "warp", 1, "There is no control 'warp'; the model fake-world has time, hour, speed, direction." },
        { "", 1, "There is no control ''" },
        { new string('y', 60_000), 1, "yyy…" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Controls_ThatCannotBe_AreRefusedWithASentenceThatNamesTheRange(string name, ControlValue value, string sentence) => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var read = stage.Engine.PromptsRead;
        var waiting = await stage.SetAsync(id, "speed", 20, atBlock: 9);
        Func<Task>[] all =
        [
            () => stage.SetAsync(id, name, value),
            () => stage.Host.CueAsync(id, new CueRequest("night", Controls: Controls(("hour", 3), (name, value))), default),
            () => stage.Host.ChangeCueAsync(id, waiting.Id, new CueRequest(Controls: Controls((name, value))), default),
            () => stage.Host.CreateAsync(new CreateSession(Controls: Controls((name, value))), default),
        ];
        foreach (var call in all)
        {
            var refusal = await Assert.ThrowsAsync<SessionException>(call);
            Assert.Equal(SessionError.Invalid, refusal.Error);
            Assert.Contains(sentence, refusal.Message);
            Assert.True(refusal.Message.Length < 300);
        }

        Assert.Equal(read + 1, stage.Engine.PromptsRead);
        Assert.Single((await stage.ViewAsync(id)).Cues);
    });

    [Fact]
    public void Controls_TwoOfOneAttribute_AreRefused() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var refusal = await Assert.ThrowsAsync<SessionException>(
            () => stage.Host.CueAsync(id, new CueRequest(Controls: Controls(("hour", 3), ("time", "night"))), default));
        Assert.Equal((SessionError.Invalid, "The controls 'hour' and 'time' set the same: give one of them."), (refusal.Error, refusal.Message));
    });

    [Fact]
    public void Controls_OfAModelWithoutAny_AreRefused()
    {
        var card = FakeEngine.Card with { PromptSemantics = PromptSemantics.Replace, Controls = [] };
        Assert.Equal("The model fake-world has no controls: say it in a prompt.", card.ProblemWith(Controls(("speed", 20))));
        Assert.Null(card.ProblemWith(Controls()));
        Assert.Null(card.ProblemWith(null));
    }

    private static Dictionary<string, ControlValue> Controls(params (string Name, ControlValue Value)[] controls) =>
        controls.ToDictionary(control => control.Name, control => control.Value);
}
