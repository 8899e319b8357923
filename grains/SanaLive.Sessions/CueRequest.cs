using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

/// <summary>A prompt, controls or both for a running session.</summary>
/// <param name="Prompt">1 to 2,000 characters; null with controls alone.</param>
/// <param name="AtBlock">The block it applies at; null for the next one whose denoising has not begun.</param>
/// <param name="BlendBlocks">0 is a cut; n blends the old prompt into the new one over n blocks (at most 64); null is the model's default.</param>
/// <param name="ClientId">The sender's own id: the same one twice is one cue.</param>
/// <param name="Controls">Controls of the model's card by name; what both the prompt and a control name is as the control says.</param>
public sealed record CueRequest(
    string? Prompt = null,
    long? AtBlock = null,
    int? BlendBlocks = null,
    string? ClientId = null,
    IReadOnlyDictionary<string, ControlValue>? Controls = null);
