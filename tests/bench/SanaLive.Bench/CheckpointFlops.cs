using SanaLive.Runtime.Model;

namespace SanaLive.Bench;

/// <summary>Multiplications and additions of one pass of the transformer, by its shapes.</summary>
internal static class CheckpointFlops
{
    public static double Of(TransformerConfig config, TokenGrid grid, int words)
    {
        double hidden = config.Hidden, cross = config.CrossHidden, inner = config.FeedForward, pixels = config.Patch * config.Patch;
        var selfAttention = (4 * hidden * hidden) + (2 * hidden * config.HeadDim);
        var crossAttention = (2 * hidden * cross) + (2 * words * cross);
        // A frame at either end has one neighbour only.
        var temporal = hidden * hidden * ((3.0 * grid.Frames) - 2) / grid.Frames;
        var feedForward = (3 * inner * hidden) + (9 * 2 * inner) + temporal;
        var ends = pixels * (config.InChannels + config.OutChannels) * hidden;
        return 2.0 * grid.Tokens * ((config.Layers * (selfAttention + crossAttention + feedForward)) + ends);
    }
}
