using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Replay;

namespace SanaLive.Sessions;

/// <summary>What a new session is made from.</summary>
/// <param name="Prompt">1 to 2,000 characters; null for controls alone, for what the picture shows, or for the model's default prompt.</param>
/// <param name="Seed">0 to <see cref="MaxSeed"/>; null: drawn at random from that range.</param>
/// <param name="Controls">Controls of the model's card by name; what both the prompt and a control name is as the control says.</param>
/// <param name="Image">
/// A PNG or JPEG file that the stream begins with, fitted to its size; null begins with what the prompt says. Its limits are <see cref="Pictures.PictureLimits"/>.
/// </param>
/// <param name="Replay">An exported schedule, with nothing beside it.</param>
public sealed record CreateSession(
    string? Prompt = null, ulong? Seed = null, IReadOnlyDictionary<string, ControlValue>? Controls = null, ReadOnlyMemory<byte>? Image = null,
    ScheduleExport? Replay = null)
{
    /// <summary>2^53 - 1: the largest number that every JSON client reads back exactly.</summary>
    public const ulong MaxSeed = (1UL << 53) - 1;
}
