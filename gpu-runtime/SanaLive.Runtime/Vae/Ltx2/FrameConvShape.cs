using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>What a convolution over frames is like.</summary>
/// <param name="Inputs">Input channels.</param>
/// <param name="Padding">What it sees outside of a frame.</param>
/// <param name="LooksAhead">It sees the next frame instead of the one before the last.</param>
internal readonly record struct FrameConvShape(int Inputs, Padding Padding, bool LooksAhead);
