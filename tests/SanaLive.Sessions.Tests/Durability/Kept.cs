using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>Small sessions to keep.</summary>
internal static class Kept
{
    public const string Id = "AbCdEf0123456789_-xyzw";

    public static Prompt Night { get; } = new("Nacht, \"night\" 夜", "meadow night", ["night"], ["Nacht"], new[] { 0f, -0f, 1.1f, float.Epsilon, -3.4e38f }, 1)
    {
        Controls = new Dictionary<string, ControlValue> { ["time"] = "night", ["hour"] = 23.1 },
    };

    public static SessionFacts Facts { get; } = new(
        Id, [1, 2, 3], DateTimeOffset.UnixEpoch.AddTicks(17), "f00d", CreateSession.MaxSeed, Night,
        new StartImage(new[] { 0.1f, 2f }, new Dictionary<string, ControlValue> { ["time"] = "day" }), new StartView(640, 480, null, ["day"]));

    public static IReadOnlyList<CueEvent> Events { get; } =
    [
        new CueEvent.Accepted("c1", "mine", "night", null, 3, 2, ["night"], []),
        new CueEvent.Changed("c1", null, new Dictionary<string, ControlValue> { ["speed"] = 40 }, 4, 0, [], []),
        new CueEvent.Accepted("c2", null, "day", null, 4, 2, ["day"], []),
        new CueEvent.Superseded("c1", "c2"),
        new CueEvent.Applied("c2", 4, 2),
        new CueEvent.Accepted("c3", null, "forest", null, 9, 2, ["forest"], []),
        new CueEvent.Withdrawn("c3"),
    ];

    public static Snapshot Snapshot(long block = 42, long epoch = 1, int bytes = 100) => new()
    {
        Facts = Facts,
        Epoch = epoch,
        Sequence = 7,
        Taken = DateTimeOffset.UnixEpoch,
        Line = new PromptLine(Night) { From = Night with { Meaning = "meadow day" }, BlendBlocks = 3, Blended = 1, Fresh = true },
        Events = Events,
        Cues = 3,
        IsPaused = true,
        Stream = new SavedStream(block, "f00d", "fake", Enumerable.Range(0, bytes).Select(i => (byte)(i * 7)).ToArray()),
    };

    public static IReadOnlyList<JournalRecord> Records(int shown = 3) =>
    [
        new(0, new JournalEntry.Begun(Facts)),
        .. Events.Select((e, i) => new JournalRecord(i + 1, new JournalEntry.Cued(e))),
        new(Events.Count + 1, new JournalEntry.Paused(true)),
        .. Enumerable.Range(0, shown).Select(block => new JournalRecord(Events.Count + 2 + block, new JournalEntry.Shown(block, $"hash{block}"))),
    ];

    /// <summary>The same as text, for comparisons: lists within records have no equality of their own.</summary>
    public static IReadOnlyList<string> Text(IEnumerable<JournalRecord> records) =>
        [.. records.Select(record => $"{record.Sequence} {System.Text.Encoding.UTF8.GetString(DurableJson.Write(record.Entry))}")];

    public static string Text(Snapshot snapshot) =>
        System.Text.Encoding.UTF8.GetString(DurableJson.Write(snapshot with { Stream = snapshot.Stream with { Bytes = snapshot.Stream.Bytes.ToArray() } }));
}
