namespace SanaLive.Runtime.Engine;

/// <summary>A picture that a stream begins with, as the model sees it. A value: it can be kept and used for any number of streams.</summary>
/// <param name="Latents">Shape [latent height, latent width, channels]: the encoder's mean for a video that stands still, normalised for the transformer.</param>
/// <param name="Controls">
/// What the model reads in the picture, as values of its controls: a prompt that does not say otherwise begins with them. Empty for a model that reads nothing.
/// </param>
public sealed record StartImage(ReadOnlyMemory<float> Latents, IReadOnlyDictionary<string, ControlValue> Controls);
