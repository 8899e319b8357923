using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Playback;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Bookmarks;

/// <summary>Makes a session of its own from a moment of another: what it has shown is what the other had, what comes is its own.</summary>
/// <param name="moment">Of the other session.</param>
/// <param name="id">The new session's.</param>
/// <param name="keyHash">Of the new session's director's key.</param>
/// <param name="around">What all sessions share.</param>
internal sealed class SessionFork(Snapshot moment, string id, byte[] keyHash, SessionSurroundings around)
{
    /// <summary>The session as if it had been restored at that moment, with nothing in a store yet.</summary>
    /// <param name="bookmark">The other session's; null for its present.</param>
    /// <param name="words">A cue for the first block; null for none.</param>
    /// <param name="read">What the model reads in the words.</param>
    public RestoredSession At(string? bookmark, string? words, Prompt? read)
    {
        var origin = new SessionOrigin(moment.Facts.Id, moment.Block, bookmark);
        var facts = moment.Facts with { Id = id, KeyHash = keyHash, Created = around.Time.GetUtcNow(), Origin = origin };
        var timeline = new MediaTimeline(around.Model.BlockDuration);
        timeline.Begin(moment.Block, moment.MediaTime);
        var schedule = PromptSchedule.Replay(
            SessionRestore.Before(moment.Block, moment.Events, timeline), around.Options.FinishedCues, around.Options.PendingCues);
        if (read is not null)
        {
            var cue = schedule.Accept($"c{moment.Cues + 1}", new CueRequest(words, moment.Block), moment.Block, around.Options.BlendBlocks, read.Understood, read.NotUnderstood);
            foreach (var e in cue) schedule.Add(e);
        }

        return new RestoredSession
        {
            Facts = facts,
            IsNew = true,
            Held = moment with
            {
                Facts = facts,
                Epoch = 1,
                Sequence = 1,
                Events = [.. schedule.Journal],
                Cues = moment.Cues + (read is null ? 0 : 1),
                IsPaused = false,
            },
            Block = moment.Block,
            Shift = moment.Shift,
            MediaTime = moment.MediaTime,
            Branch = moment.Branch,
            Shown = moment.Block - 1,
            Engine = moment.Stream.Engine,
            Line = moment.Line,
            Events = [.. schedule.Journal],
            Cues = moment.Cues + (read is null ? 0 : 1),
            IsPaused = false,
            Hashes = new Dictionary<long, string>(),
            Log = new KeeperLog(facts),
            Kept = [],
        };
    }

    /// <summary>The same with its moment in the store: from there it is read when it is needed. Without a store it stays in memory.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the store has no room for it.</exception>
    public static async Task<RestoredSession> KeptAsync(RestoredSession fork, IStoredSession? stored)
    {
        if (stored is null) return fork;
        var moment = fork.Held!;
        SnapshotName name;
        try
        {
            name = await stored.SaveAsync(moment);
        }
        catch (IOException e)
        {
            await stored.DeleteAsync();
            throw new SessionException(SessionError.Overloaded, $"This server has no room for another session: {e.Message}", e);
        }

        // As a journal of its own that begins here: facts, what they came to, the snapshot.
        var collected = new JournalEntry.Collected(moment.Events, moment.Cues, moment.IsPaused, fork.Shown);
        fork.Log.Add(new JournalEntry.Kept([]));
        fork.Log.BeginWith(collected, moment.Sequence, moment.Block);
        fork.Log.Add(new JournalEntry.Kept([name]));
        return fork with { From = name, Held = null, Kept = [new KeptSnapshot(name, collected)] };
    }
}
