using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Tests.Schedule;

public sealed class ControlScheduleTests
{
    private readonly PromptSchedule _schedule = new();
    private int _count;

    [Fact]
    public void Accept_SameControlsAgain_TakeTheOlderOnesPlace()
    {
        var older = Accept(null, "speed");
        var newer = Accept(null, "speed", "direction");
        Assert.Equal([newer.Id], Planned());
        Assert.Equal(CueStatus.Superseded, _schedule.Find(older.Id)!.Status);
    }

    [Fact]
    public void Accept_OtherOrFewerControls_StandBesideTheOlderOnes()
    {
        var both = Accept(null, "speed", "direction");
        var speed = Accept(null, "speed");
        var hour = Accept(null, "hour");
        Assert.Equal([both.Id, speed.Id, hour.Id], Planned());
    }

    [Fact]
    public void Accept_WordsAfterControlsAndControlsAfterWords_BothCount()
    {
        var control = Accept(null, "speed");
        var words = Accept("night");
        var later = Accept(null, "direction");
        Assert.Equal([control.Id, words.Id, later.Id], Planned());
    }

    [Fact]
    public void Accept_WordsAfterWordsWithControls_DoNotLoseTheControls()
    {
        var both = Accept("night", "speed");
        var words = Accept("day");
        Assert.Equal([both.Id, words.Id], Planned());
        var all = Accept("dawn", "speed");
        Assert.Equal([all.Id], Planned());
    }

    [Fact]
    public void PlannedFor_AChangedCue_ComesLast()
    {
        var first = Accept(null, "speed");
        var second = Accept(null, "direction");
        Add(_schedule.Change(first.Id, new CueRequest(Controls: Controls("hour")), 0, ["hour 3"], []));
        Assert.Equal([second.Id, first.Id], Planned());
        Assert.Equal("hour 3", _schedule.Find(first.Id)!.Prompt);
        Assert.Equal(Planned(), PromptSchedule.Replay(_schedule.Journal).PlannedFor(5).Select(r => r.Id));
    }

    [Fact]
    public void Accept_EmptyControls_AreNone()
    {
        var cue = Accept("night");
        Add(_schedule.Accept("empty", new CueRequest("day", 5, Controls: Controls()), 0, 0, [], []));
        Assert.Equal(["empty"], Planned());
        Assert.Null(_schedule.Find("empty")!.Controls);
        Assert.Equal(CueStatus.Superseded, _schedule.Find(cue.Id)!.Status);
    }

    [Fact]
    public void Add_ManyControlCues_DoNotPushOutWhatWasWritten()
    {
        var words = Accept("night");
        Add(_schedule.Apply(words.Id, 5, 2.5));
        var waiting = Accept(null, "direction");
        for (var press = 0; press < 500; press++) Accept(null, "speed");
        Assert.Equal(CueStatus.Applied, _schedule.Find(words.Id)!.Status);
        Assert.Equal([waiting.Id, $"c{_count}"], Planned());
        Assert.InRange(_schedule.Receipts.Count, 20, 53);
        Assert.InRange(_schedule.Journal.Count, 20, 110);
        Assert.Equal(_schedule.Receipts, PromptSchedule.Replay(_schedule.Journal).Receipts);
    }

    private IEnumerable<string> Planned() => _schedule.PlannedFor(5).Select(r => r.Id);

    private CueReceipt Accept(string? words, params string[] controls)
    {
        var id = $"c{++_count}";
        Add(_schedule.Accept(id, new CueRequest(words, 5, Controls: Controls(controls)), 0, 0, controls, []));
        return _schedule.Find(id)!;
    }

    private static Dictionary<string, ControlValue> Controls(params string[] names) => names.ToDictionary(name => name, _ => (ControlValue)1);

    private void Add(IReadOnlyList<CueEvent> events)
    {
        foreach (var e in events) _schedule.Add(e);
    }
}
