using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Replay;

/// <summary>What decides every pixel of a stream: with the same model on an equal engine it gives the same frames.</summary>
/// <param name="Version">1.</param>
/// <param name="Model">Fingerprint of the model.</param>
/// <param name="Seed">0 to <see cref="CreateSession.MaxSeed"/>.</param>
/// <param name="Cues">By block; those of one block in the order in which they are merged. At most <see cref="MostCues"/>.</param>
/// <param name="Prompt">That the session was created with; null without.</param>
/// <param name="Controls">That the session was created with; null without.</param>
/// <param name="Image">That the session began with; null: it began with noise.</param>
public sealed record ScheduleExport(
    int Version, string Model, ulong Seed, IReadOnlyList<ScheduledCue> Cues, string? Prompt = null, IReadOnlyDictionary<string, ControlValue>? Controls = null,
    ScheduledImage? Image = null)
{
    /// <summary>All of them travel in every snapshot and bookmark of the stream, which is to stay small.</summary>
    public const int MostCues = 500;
}
