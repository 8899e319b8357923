using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Replay;

/// <summary>What a session was created with, word for word: read again, it gives the same prompt.</summary>
public sealed record SessionAsked(string? Prompt, IReadOnlyDictionary<string, ControlValue>? Controls);
