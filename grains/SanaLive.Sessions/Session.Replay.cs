using System.Collections.Immutable;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions;

/// <content>What the stream was made from, for those who want to make it again.</content>
internal sealed partial class Session
{
    /// <summary>Cues that this stream applied, by its own blocks; null when there were too many, or it was begun by a version that did not count them.</summary>
    private ImmutableList<ScheduledCue>? _branch = [];

    /// <summary>See <see cref="ISessionHost.ScheduleAsync"/>.</summary>
    public ScheduleExport ExportSchedule()
    {
        lock (_gate)
        {
            if (_closed) throw new SessionException(SessionError.NotFound, "This session is closed.");
            if (_facts.Asked is not { } asked || _branch is not { } applied)
                throw CueRules.Conflict($"Not all that this stream was made from is remembered: it had more than {ScheduleExport.MostCues} cues, which is as many as travel in a snapshot, or was begun by an older version.");
            var waiting = _schedule.Receipts.Where(receipt => receipt.Status == CueStatus.Accepted && receipt.Block - _shift > (applied.IsEmpty ? -1 : applied[^1].Block))
                .OrderBy(receipt => receipt.Block).Select(receipt => new ScheduledCue(receipt.Block - _shift, receipt.BlendBlocks, receipt.Words, receipt.Controls));
            return new ScheduleExport(1, _facts.Model, _start.Seed, [.. applied, .. waiting], asked.Prompt, asked.Controls,
                _start.Image is { } image ? ScheduledImage.Of(image, _start.View) : null);
        }
    }

    /// <summary>Under the lock: a block was made with these cues. What is made again is noted again.</summary>
    private void NoteApplied(BlockPlan plan)
    {
        var block = plan.Number - _shift;
        _branch = _branch?.RemoveAll(cue => cue.Block >= block)
            .AddRange(plan.Cues.Select(cue => new ScheduledCue(block, cue.Receipt.BlendBlocks, cue.Receipt.Words, cue.Receipt.Controls)));
        if (_branch?.Count > ScheduleExport.MostCues) _branch = null;
    }
}
