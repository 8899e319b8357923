using System.Collections.Immutable;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Schedule;

/// <summary>
/// A session's prompt schedule: a journal of events and the receipts that follow from it. Deciding and remembering are apart: a decision
/// (<see cref="Accept"/>, <see cref="Change"/>, <see cref="Withdraw"/>, <see cref="Apply"/>) only says which events happen, or refuses;
/// <see cref="Add"/> makes them so. Knows no clock and no engine. Not for use by two threads at once.
/// </summary>
/// <param name="keepFinished">Finished cues (applied, superseded, withdrawn) that are remembered; older ones leave the journal as well.</param>
/// <param name="maxPending">Cues that may wait for their block.</param>
public sealed class PromptSchedule(int keepFinished = 200, int maxPending = 100)
{
    /// <summary>Changes of one waiting cue that the journal remembers.</summary>
    private const int KeptChanges = 16;

    /// <summary>Finished cues of controls alone that are remembered.</summary>
    private const int KeptControlCues = 50;

    private readonly List<CueEvent> _journal = [];
    private ImmutableList<CueReceipt> _receipts = [];

    /// <summary>In the order of acceptance. An immutable list: what was taken stays as it was.</summary>
    public IReadOnlyList<CueReceipt> Receipts => _receipts;

    /// <summary>The events of all remembered cues; replaying them gives this schedule.</summary>
    public IReadOnlyList<CueEvent> Journal => _journal;

    public static PromptSchedule Replay(IEnumerable<CueEvent> events, int keepFinished = 200, int maxPending = 100)
    {
        var schedule = new PromptSchedule(keepFinished, maxPending);
        foreach (var e in events) schedule.Add(e);
        return schedule;
    }

    public CueReceipt? Find(string cue) => _receipts.Find(r => r.Id == cue);

    public CueReceipt? FindByClient(string clientId) => _receipts.Find(r => r.ClientId == clientId);

    /// <summary>The cues that begin to apply at <paramref name="block"/>, each merged into the one before: the one that was said last is the last.</summary>
    public IReadOnlyList<CueReceipt> PlannedFor(long block) =>
        [.. _receipts.Where(r => r.Status == CueStatus.Accepted && r.Block == block)
            .OrderBy(r => _journal.FindLastIndex(e => e is CueEvent.Said && e.Cue == r.Id))];

    /// <summary>A change of a waiting cue with what it leaves out: that stays as it is.</summary>
    public CueRequest Completed(string cue, CueRequest change, long freeBlock)
    {
        var receipt = Pending(cue, freeBlock, "changed");
        return change with
        {
            Prompt = change.Prompt ?? receipt.Words,
            Controls = change.Controls ?? receipt.Controls,
            AtBlock = change.AtBlock ?? receipt.Block,
            BlendBlocks = change.BlendBlocks ?? receipt.BlendBlocks,
        };
    }

    /// <param name="cue">The new cue's id.</param>
    /// <param name="request">Checked by the caller with <see cref="CueRules.Check(CueRequest, ModelCard)"/>.</param>
    /// <param name="freeBlock">The first block whose making has not begun.</param>
    /// <param name="defaultBlend">Blocks to blend over when the request does not say.</param>
    /// <param name="understood">What the model understood.</param>
    /// <param name="notUnderstood">What it did not.</param>
    public IReadOnlyList<CueEvent> Accept(
        string cue, CueRequest request, long freeBlock, int defaultBlend, IReadOnlyList<string> understood, IReadOnlyList<string> notUnderstood)
    {
        if (_receipts.Count(r => r.Status == CueStatus.Accepted) >= maxPending)
            throw CueRules.Conflict($"{maxPending} cues wait for their block already: withdraw one, or wait until one is applied.");
        var block = BlockFor(request.AtBlock ?? freeBlock, freeBlock);
        var accepted = new CueEvent.Accepted(
            cue, request.ClientId, request.Prompt?.Trim(), SomeOrNull(request.Controls), block, request.BlendBlocks ?? defaultBlend, understood, notUnderstood);
        return [accepted, .. Superseding(accepted)];
    }

    /// <summary>What the request leaves out stays as it is.</summary>
    public IReadOnlyList<CueEvent> Change(
        string cue, CueRequest request, long freeBlock, IReadOnlyList<string> understood, IReadOnlyList<string> notUnderstood)
    {
        var receipt = Pending(cue, freeBlock, "changed");
        var said = Completed(cue, request, freeBlock);
        if (request.ClientId is { } clientId && clientId != receipt.ClientId)
            throw CueRules.Invalid("A cue's clientId cannot be changed: leave it out, or withdraw the cue and send a new one.");
        var changed = new CueEvent.Changed(
            cue, said.Prompt?.Trim(), SomeOrNull(said.Controls), BlockFor(said.AtBlock!.Value, freeBlock), said.BlendBlocks!.Value, understood, notUnderstood);
        return [changed, .. Superseding(changed)];
    }

    /// <summary>Withdrawing twice is withdrawing once. A cue that it had superseded does not come back.</summary>
    public IReadOnlyList<CueEvent> Withdraw(string cue, long freeBlock) =>
        Find(cue)?.Status == CueStatus.Withdrawn ? [] : [new CueEvent.Withdrawn(Pending(cue, freeBlock, "withdrawn").Id)];

    public IReadOnlyList<CueEvent> Apply(string cue, long block, double mediaTime) => [new CueEvent.Applied(cue, block, mediaTime)];

    /// <summary>Makes it so.</summary>
    public void Add(CueEvent e)
    {
        _journal.Add(e);
        if (e is CueEvent.Changed) ForgetChanges(e.Cue);
        if (e is CueEvent.Accepted a)
        {
            _receipts = _receipts.Add(Saying(a, new CueReceipt
            {
                Id = a.Cue,
                ClientId = a.ClientId,
                Prompt = "",
                Status = CueStatus.Accepted,
                Block = a.Block,
                BlendBlocks = a.BlendBlocks,
            }));
            return;
        }

        var at = _receipts.FindIndex(r => r.Id == e.Cue);
        if (at < 0) throw new InvalidOperationException($"The journal speaks of cue {e.Cue}, which was never accepted.");
        _receipts = _receipts.SetItem(at, Next(_receipts[at], e));
        Forget();
    }

    private static CueReceipt Next(CueReceipt receipt, CueEvent e) => e switch
    {
        CueEvent.Changed c => Saying(c, receipt),
        CueEvent.Withdrawn => receipt with { Status = CueStatus.Withdrawn },
        CueEvent.Superseded s => receipt with
        {
            Status = CueStatus.Superseded,
            Note = $"Cue {s.By} came later for the same block and took this one's place.",
        },
        CueEvent.Applied a => receipt with { Status = CueStatus.Applied, Block = a.Block, MediaTime = a.MediaTime },
        _ => throw new InvalidOperationException($"Unknown event {e.GetType().Name}."),
    };

    private static CueReceipt Saying(CueEvent.Said said, CueReceipt receipt) => receipt with
    {
        Prompt = said.Prompt ?? string.Join(", ", said.Understood),
        Words = said.Prompt,
        Controls = said.Controls,
        Block = said.Block,
        BlendBlocks = said.BlendBlocks,
        Understood = said.Understood,
        NotUnderstood = said.NotUnderstood,
        Note = NoteOn(said.Understood, said.NotUnderstood),
    };

    private static IReadOnlyDictionary<string, ControlValue>? SomeOrNull(IReadOnlyDictionary<string, ControlValue>? controls) =>
        controls is { Count: > 0 } ? controls : null;

    private static string? NoteOn(IReadOnlyList<string> understood, IReadOnlyList<string> notUnderstood) =>
        (understood.Count, notUnderstood.Count) switch
        {
            (0, > 0) => $"The model knows none of these words ({string.Join(", ", notUnderstood)}): the picture will stay as it is.",
            (_, > 0) => $"The model does not know: {string.Join(", ", notUnderstood)}.",
            _ => null,
        };

    /// <summary>
    /// A cue takes the place of those for its block of which it says everything anew. Another one stays beside it: a control must not
    /// lose the prompt that was sent just before it, nor another control.
    /// </summary>
    private IEnumerable<CueEvent> Superseding(CueEvent.Said said) =>
        _receipts.Where(r => r.Status == CueStatus.Accepted && r.Block == said.Block && r.Id != said.Cue && r.IsCoveredBy(said.Prompt, said.Controls))
            .Select(r => new CueEvent.Superseded(r.Id, said.Cue)).ToList();

    private static long BlockFor(long block, long freeBlock)
    {
        if (block < freeBlock)
            throw CueRules.Conflict($"Block {block} is made or being made already; the next free block is {freeBlock}.");
        if (block - freeBlock > CueRules.BlocksAhead)
            throw CueRules.Invalid($"Block {block} is more than {CueRules.BlocksAhead} blocks ahead of the next one ({freeBlock}).");
        return block;
    }

    private CueReceipt Pending(string cue, long freeBlock, string verb)
    {
        var receipt = Find(cue) ?? throw new SessionException(SessionError.NotFound, $"This session has no cue {cue}.");
        if (receipt.Status == CueStatus.Accepted && receipt.Block >= freeBlock) return receipt;
        var why = receipt.Status switch
        {
            CueStatus.Accepted => $"its block {receipt.Block} is being made",
            CueStatus.Applied => $"it was applied at block {receipt.Block}",
            CueStatus.Superseded => "a later cue took its place",
            _ => "it was withdrawn",
        };
        throw CueRules.Conflict($"Cue {cue} can no longer be {verb}: {why}.");
    }

    /// <summary>A change says everything anew, so the oldest may go: a cue that is changed again and again for days stays small.</summary>
    private void ForgetChanges(string cue)
    {
        if (_journal.Count(e => e is CueEvent.Changed && e.Cue == cue) > KeptChanges)
            _journal.RemoveAt(_journal.FindIndex(e => e is CueEvent.Changed && e.Cue == cue));
    }

    /// <summary>Keys that are held make many cues of controls alone: those must not push what somebody wrote out of memory.</summary>
    private void Forget()
    {
        Forget(r => r.Words is null, Math.Min(keepFinished, KeptControlCues));
        Forget(_ => true, keepFinished);
    }

    private void Forget(Predicate<CueReceipt> which, int keep)
    {
        for (var surplus = _receipts.Count(Finished) - keep; surplus > 0; surplus--)
        {
            var oldest = _receipts.First(Finished);
            _receipts = _receipts.Remove(oldest);
            _journal.RemoveAll(e => e.Cue == oldest.Id);
        }

        bool Finished(CueReceipt r) => r.Status != CueStatus.Accepted && which(r);
    }
}
