namespace SanaLive.Runtime.Engine;

/// <summary>How a clip's pictures lie in its latents.</summary>
/// <param name="SpatialScale">Pixels of a latent pixel's side.</param>
/// <param name="FramesPerLatent">Pictures of a latent frame.</param>
/// <param name="FramesOfFirstLatent">Pictures of the first one.</param>
/// <param name="FramesPerSecond">What the model was trained with.</param>
public sealed record ClipLayout(int SpatialScale, int FramesPerLatent, int FramesOfFirstLatent, int FramesPerSecond)
{
    /// <exception cref="ArgumentException">No clip has so many pictures; the message names the nearest that do.</exception>
    public int LatentFrames(int frames)
    {
        if (frames >= FramesOfFirstLatent && (frames - FramesOfFirstLatent) % FramesPerLatent == 0)
            return 1 + (frames - FramesOfFirstLatent) / FramesPerLatent;
        var below = FramesOfFirstLatent + Math.Max(0, (frames - FramesOfFirstLatent) / FramesPerLatent * FramesPerLatent);
        throw new ArgumentException($"A clip of this model cannot have {frames} frames: {below} or {below + FramesPerLatent} are the nearest that it can have.");
    }
}
