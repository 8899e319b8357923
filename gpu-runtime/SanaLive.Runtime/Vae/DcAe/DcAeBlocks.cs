using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>The blocks of a side of the autoencoder, run one after the other.</summary>
internal static class DcAeBlocks
{
    public static ImageBlock Load(KernelSet kernels, Checkpoint checkpoint, string name, DcAeStage stage, int headDim) =>
        stage.Attends ? new AttentionBlock(kernels, checkpoint, name, stage, headDim) : new ConvBlock(kernels, checkpoint, name, stage);

    public static ImageFeatures Forward(this IEnumerable<ImageBlock> blocks, ImageFeatures x)
    {
        foreach (var block in blocks)
            x = block.Forward(x);
        return x;
    }
}
