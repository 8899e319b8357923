using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Replay;

/// <summary>Makes a new session of an exported schedule: one with all its cues waiting.</summary>
internal static class SessionReplay
{
    /// <summary>The creation that the export begins with.</summary>
    /// <exception cref="SessionException">It cannot be replayed here, or says what it must not.</exception>
    public static CreateSession Begin(CreateSession request, ModelCard model)
    {
        if (request.Replay is not { } replay) return request;
        if (request is not { Prompt: null, Seed: null, Controls: null, Image: null })
            throw CueRules.Invalid("A replay has its own prompt, controls and seed: give nothing beside it, or send cues afterwards.");
        if (replay.Version != 1) throw CueRules.Invalid($"The schedule has version {replay.Version}; this server reads version 1.");
        if (replay.Model != model.Fingerprint) throw CueRules.Conflict($"The schedule was exported from another model than {model.Name}, which this server runs: its frames would be others.");
        if (replay.Cues.Count > ScheduleExport.MostCues) throw CueRules.Invalid($"The schedule has {replay.Cues.Count} cues; at most {ScheduleExport.MostCues} are allowed, because all of them travel in every snapshot. Send later ones when it plays.");
        foreach (var cue in replay.Cues)
        {
            if (cue.Block > CueRules.BlocksAhead) throw CueRules.Invalid($"The schedule has a cue at block {cue.Block}; at most {CueRules.BlocksAhead} is allowed.");
            CueRules.Check(new CueRequest(cue.Prompt, cue.Block, cue.BlendBlocks, Controls: cue.Controls), model);
        }

        return new CreateSession(replay.Prompt, replay.Seed, replay.Controls);
    }

    /// <summary>The session at its first block.</summary>
    public static async Task<RestoredSession> ReadAsync(
        ScheduleExport replay, SessionStart start, string id, byte[] keyHash, SessionSurroundings around, CancellationToken cancellation)
    {
        var facts = new SessionFacts(id, keyHash, around.Time.GetUtcNow(), around.Model.Fingerprint, start.Seed, start.Prompt, start.Image, start.View, Asked: start.Asked);
        var log = new KeeperLog(facts);
        var (events, inForce) = (new List<CueEvent>(), start.Prompt);
        foreach (var cue in replay.Cues.OrderBy(cue => cue.Block))
        {
            inForce = await SessionPrompts.ReadAsync(around.Engines, null, inForce, cue.Prompt, cue.Controls, cancellation);
            events.Add(new CueEvent.Accepted($"c{events.Count + 1}", null, cue.Prompt?.Trim(), cue.Controls, cue.Block, cue.BlendBlocks, inForce.Understood, inForce.NotUnderstood));
            log.Add(new JournalEntry.Cued(events[^1]));
        }

        return new RestoredSession
        {
            Facts = facts,
            IsNew = true,
            Block = 0,
            Shown = -1,
            Line = new PromptLine(start.Prompt),
            Events = events,
            Cues = events.Count,
            IsPaused = false,
            Hashes = new Dictionary<long, string>(),
            Log = log,
            Kept = [],
        };
    }
}
