using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>Features of one picture.</summary>
/// <param name="Values">[height * width, channels].</param>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Pixels of a row.</param>
internal readonly record struct ImageFeatures(Tensor Values, int Height, int Width);
