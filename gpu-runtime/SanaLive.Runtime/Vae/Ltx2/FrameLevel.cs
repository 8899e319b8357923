namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>Layers between two changes of size.</summary>
/// <param name="Index">Counted from the first layer on.</param>
/// <param name="Scale">Pixels here along a side of a latent pixel.</param>
internal readonly record struct FrameLevel(int Index, int Scale);
