namespace SanaLive.Runtime.Engine;

/// <summary>A clip before it is decoded.</summary>
/// <param name="Latents">Shape [latent frames, latent height, latent width, channels], clean.</param>
/// <param name="Frames">Latent frames.</param>
/// <param name="Steps">Steps that were taken: fewer than asked for when somebody had enough, and the clip is then the model's best guess.</param>
public sealed record ClipLatents(ReadOnlyMemory<float> Latents, int Frames, int Steps);
