namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// How far back a causal decoder looks. At every level each convolution looks two frames back; two frames there may have come from one
/// of the level before.
/// </summary>
internal static class FrameReach
{
    /// <summary>For each level, how many latent frames before a new one have frames there that the new one's pictures depend on.</summary>
    /// <param name="levels">For each, its convolutions and the frames of the next level that come from one here (1 at the last).</param>
    public static int[] LatentsBefore(IReadOnlyList<(int Convs, int FrameFactor)> levels)
    {
        // Far from the beginning. The frame of latent n at a level of f frames to one latent are f n - f + 1 to f n.
        const long latent = 1 << 20;
        var frames = levels.Aggregate(1L, (product, level) => product * level.FrameFactor);
        var (before, earliest) = (new int[levels.Count], frames * latent - frames + 1);
        for (var level = levels.Count - 1; level >= 0; level--)
        {
            var factor = levels[level].FrameFactor;
            frames /= factor;
            earliest = Up(earliest, factor) - 2 * levels[level].Convs;
            before[level] = (int)(latent - Up(earliest, frames));
        }

        return before;
    }

    private static long Up(long value, long by) => (value + by - 1) / by;
}
