using Microsoft.Extensions.Logging;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Handover;
using SanaLive.Sessions.Playback;
using SanaLive.Sessions.Schedule;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// Finds out how a session goes on: from the newest snapshot that is whole and not ahead of what has been shown, so that no block is missed.
/// Blocks between the two are made again; the journal says which cues applied to them.
/// </summary>
internal static class SessionRestore
{
    /// <summary>Blocks that are made again from the seed rather than miss one: a few seconds of work.</summary>
    private const int YoungBlocks = 8;

    /// <exception cref="StoreException">The journal's beginning is damaged: nothing is known of the session.</exception>
    /// <returns>Null for a session whose creation was never finished: nobody knows of it.</returns>
    public static async Task<RestoredSession?> ReadAsync(
        IStoredSession stored, string id, ModelCard model, ILogger logger, CancellationToken cancellation, SessionHandover? before = null)
    {
        // An owner in between knows better.
        if (before?.Epoch != stored.Epoch - 1) before = null;
        var (records, damage) = await stored.ReadJournalAsync(cancellation);
        if (damage is not null) logger.DamagedJournal(id[..6], damage);
        if (records.Count == 0 && damage is null) return null;
        if (records is not [{ Entry: JournalEntry.Begun { Facts: { } facts } }, ..] || facts.Id != id)
            throw new StoreException(damage ?? "The journal does not begin with the session's facts.");

        var shown = records.Max(record => record.Entry switch
        {
            JournalEntry.Shown one => one.Block,
            JournalEntry.Collected all => all.LastShown,
            _ => -1,
        });
        var keptEver = records.Any(record => record.Entry is JournalEntry.Kept { Snapshots.Count: > 0 });
        var named = records.Select(record => record.Entry).OfType<JournalEntry.Kept>().LastOrDefault()?.Snapshots ?? [];
        var log = KeeperLog.From(facts, records);
        var common = new RestoredSession
        {
            Facts = facts,
            Block = 0,
            Shown = shown,
            Applied = LastApplied(records),
            Line = new PromptLine(facts.Prompt),
            Events = [],
            Cues = 0,
            IsPaused = false,
            Hashes = records.Select(record => record.Entry).OfType<JournalEntry.Shown>().GroupBy(one => one.Block).ToDictionary(one => one.Key, one => one.Last().Hash),
            Log = log,
            Kept = [],
            Bookmarks = log.Bookmarks,
            BookmarkCount = log.BookmarkCount,
            Rewinds = log.Rewinds,
            LastRewind = log.LastRewind,
        };
        string? problem = null;
        var behind = named.Where(name => name.Block <= shown + 1).Reverse().ToList();
        // So young that its snapshots are all ahead of what has been shown: from the seed nothing is missed.
        var young = behind.Count == 0 && shown < YoungBlocks && facts.Model == model.Fingerprint && !records.Any(record => record.Entry is JournalEntry.Collected);
        // Whoever handed over has made nothing after this border, and gives what was made before it.
        var border = before is null ? null : named.LastOrDefault(name => name.Block == before.Block);
        if (border is not null) (behind, young) = ([border, .. behind.Where(name => name != border)], false);
        foreach (var name in young ? [] : behind.Concat(named.Where(name => name.Block > shown + 1)))
        {
            try
            {
                var held = name == border && before!.State is { } state && state.Stream.Model == model.Fingerprint ? state : null;
                var past = From(held ?? await LoadAsync(stored, name, facts, model.Fingerprint, cancellation), name, named, records, common, new MediaTimeline(model.BlockDuration));
                return past with { Held = held, Before = name == border ? before : null };
            }
            catch (StoreException e)
            {
                problem = e.Message;
                logger.BadSnapshot(id[..6], name.File, e.Message);
            }
        }

        var (events, cues, paused) = Fold(records, -1, [], 0, false);
        if (before is { Block: 0, StateBytes: 0 }) common = common with { Before = before };
        if (problem is null && (young || !keptEver) && facts.Model == model.Fingerprint) return common with { Events = Before(0, events, new MediaTimeline(model.BlockDuration)), Cues = cues, IsPaused = paused };
        var why = facts.Model != model.Fingerprint ? "It was made with another model than the one that this server runs." : $"None of its snapshots can be used. {problem}";
        return common with { Events = events, Cues = cues, IsPaused = paused, Failure = why };
    }

    /// <summary>The prompt schedule as it is before a block is made: what applied at it or later is yet to come.</summary>
    /// <param name="block">The block that is made next.</param>
    /// <param name="events">All that happened.</param>
    /// <param name="timeline">Of the session, from the block on.</param>
    public static IReadOnlyList<CueEvent> Before(long block, IEnumerable<CueEvent> events, MediaTimeline timeline)
    {
        var before = events.Where(e => e is not CueEvent.Applied applied || applied.Block < block).ToList();
        // Blocks are shown some time after they are made: what applied to one that is part of the snapshot may not have been noted yet.
        var schedule = PromptSchedule.Replay(before, int.MaxValue, int.MaxValue);
        var applied = schedule.Receipts.Where(receipt => receipt.Status == CueStatus.Accepted && receipt.Block < block);
        return [.. before, .. applied.Select(receipt => new CueEvent.Applied(receipt.Id, receipt.Block, timeline.At(receipt.Block).TotalSeconds))];
    }

    /// <summary>By the whole journal: a snapshot of a life in which the cue's block had not been made again does not know that it was.</summary>
    private static long LastApplied(IEnumerable<JournalRecord> records) => records
        .SelectMany(record => record.Entry switch
        {
            JournalEntry.Cued one => [one.Event],
            JournalEntry.Collected all => all.Events,
            _ => (IEnumerable<CueEvent>)[],
        })
        .OfType<CueEvent.Applied>().Select(applied => applied.Block).DefaultIfEmpty(-1).Max();

    private static async Task<Snapshot> LoadAsync(IStoredSession stored, SnapshotName name, SessionFacts facts, string model, CancellationToken cancellation)
    {
        var snapshot = await stored.LoadAsync(name, cancellation);
        if (snapshot.Facts.Id != facts.Id || snapshot.Block != name.Block) throw new StoreException("It is another session's snapshot, or of another block.");
        if (snapshot.Stream.Model != model) throw new StoreException("It was made with another model than the one that this server runs.");
        return snapshot;
    }

    private static RestoredSession From(
        Snapshot snapshot, SnapshotName name, IReadOnlyList<SnapshotName> named, IReadOnlyList<JournalRecord> records, RestoredSession common, MediaTimeline timeline)
    {
        timeline.Begin(snapshot.Block, snapshot.MediaTime);
        var (events, cues, paused) = Fold(records, snapshot.Sequence, snapshot.Events, snapshot.Cues, snapshot.IsPaused);
        return common with
        {
            Block = snapshot.Block,
            Shift = snapshot.Shift,
            MediaTime = snapshot.MediaTime,
            Branch = snapshot.Branch,
            From = name,
            Engine = snapshot.Stream.Engine,
            Line = snapshot.Line,
            Events = Before(snapshot.Block, events, timeline),
            Cues = cues,
            IsPaused = paused,
            // What is ahead of it will be made again; what was found damaged is not needed.
            Kept = [.. named.Where(other => other.Block < name.Block).Select(other => new KeptSnapshot(other, null)),
                new KeptSnapshot(name, new JournalEntry.Collected(snapshot.Events, snapshot.Cues, snapshot.IsPaused, common.Shown))],
        };
    }

    private static (IReadOnlyList<CueEvent> Events, long Cues, bool IsPaused) Fold(
        IReadOnlyList<JournalRecord> records, long after, IReadOnlyList<CueEvent> events, long cues, bool paused)
    {
        var all = events.ToList();
        foreach (var record in records.Where(record => record.Sequence > after))
        {
            switch (record.Entry)
            {
                case JournalEntry.Collected collected:
                    (all, cues, paused) = (collected.Events.ToList(), collected.Cues, collected.IsPaused);
                    break;
                case JournalEntry.Cued cued:
                    all.Add(cued.Event);
                    if (cued.Event is CueEvent.Accepted) cues++;
                    break;
                case JournalEntry.Paused one:
                    paused = one.IsPaused;
                    break;
            }
        }

        return (all, cues, paused);
    }
}
