using System.Text.Json.Serialization;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Schedule;

/// <summary>One thing that happened to a session's prompt schedule. A schedule is its events, replayed in order.</summary>
[JsonDerivedType(typeof(Accepted), "accepted")]
[JsonDerivedType(typeof(Changed), "changed")]
[JsonDerivedType(typeof(Withdrawn), "withdrawn")]
[JsonDerivedType(typeof(Superseded), "superseded")]
[JsonDerivedType(typeof(Applied), "applied")]
public abstract record CueEvent(string Cue)
{
    /// <summary>What a cue says and what the model made of it, as it was accepted or as it was changed to.</summary>
    /// <param name="Cue">The cue.</param>
    /// <param name="Prompt">The viewer's words; null with controls alone.</param>
    /// <param name="Controls">Null without.</param>
    /// <param name="Block">The block it is planned for.</param>
    /// <param name="BlendBlocks">0 is a cut.</param>
    /// <param name="Understood">In the model's words; what the controls set is among it.</param>
    /// <param name="NotUnderstood">The viewer's words that the model has no meaning for.</param>
    public abstract record Said(
        string Cue,
        string? Prompt,
        IReadOnlyDictionary<string, ControlValue>? Controls,
        long Block,
        int BlendBlocks,
        IReadOnlyList<string> Understood,
        IReadOnlyList<string> NotUnderstood) : CueEvent(Cue);

    public sealed record Accepted(
        string Cue,
        string? ClientId,
        string? Prompt,
        IReadOnlyDictionary<string, ControlValue>? Controls,
        long Block,
        int BlendBlocks,
        IReadOnlyList<string> Understood,
        IReadOnlyList<string> NotUnderstood) : Said(Cue, Prompt, Controls, Block, BlendBlocks, Understood, NotUnderstood);

    public sealed record Changed(
        string Cue,
        string? Prompt,
        IReadOnlyDictionary<string, ControlValue>? Controls,
        long Block,
        int BlendBlocks,
        IReadOnlyList<string> Understood,
        IReadOnlyList<string> NotUnderstood) : Said(Cue, Prompt, Controls, Block, BlendBlocks, Understood, NotUnderstood);

    public sealed record Withdrawn(string Cue) : CueEvent(Cue);

    /// <param name="Cue">The cue that lost its place.</param>
    /// <param name="By">The cue that took it.</param>
    public sealed record Superseded(string Cue, string By) : CueEvent(Cue);

    /// <param name="Cue">The cue.</param>
    /// <param name="Block">The first block made under it.</param>
    /// <param name="MediaTime">Seconds, of that block's first frame.</param>
    public sealed record Applied(string Cue, long Block, double MediaTime) : CueEvent(Cue);
}
