namespace SanaLive.Sessions.Schedule;

/// <summary>One thing that happened to a session's prompt schedule. A schedule is its events, replayed in order.</summary>
public abstract record CueEvent(string Cue)
{
    public sealed record Accepted(
        string Cue,
        string? ClientId,
        string Prompt,
        long Block,
        int BlendBlocks,
        IReadOnlyList<string> Understood,
        IReadOnlyList<string> NotUnderstood) : CueEvent(Cue);

    public sealed record Changed(
        string Cue,
        string Prompt,
        long Block,
        int BlendBlocks,
        IReadOnlyList<string> Understood,
        IReadOnlyList<string> NotUnderstood) : CueEvent(Cue);

    public sealed record Withdrawn(string Cue) : CueEvent(Cue);

    /// <param name="Cue">The cue that lost its place.</param>
    /// <param name="By">The cue that took it.</param>
    public sealed record Superseded(string Cue, string By) : CueEvent(Cue);

    /// <param name="Cue">The cue.</param>
    /// <param name="Block">The first block made under it.</param>
    /// <param name="MediaTime">Seconds, of that block's first frame.</param>
    public sealed record Applied(string Cue, long Block, double MediaTime) : CueEvent(Cue);
}
