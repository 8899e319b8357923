namespace SanaLive.Runtime.Engine;

/// <summary>A step of a clip was taken.</summary>
/// <param name="step">From 1.</param>
/// <param name="latents">After the step; of the last one, the clip.</param>
/// <param name="clean">What the clip would be if the model were right at once: what can be kept of one that is given up.</param>
public delegate void ClipStepped(int step, ReadOnlySpan<float> latents, ReadOnlySpan<float> clean);
