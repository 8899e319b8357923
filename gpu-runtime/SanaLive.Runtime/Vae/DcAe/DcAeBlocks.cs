using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>The blocks of a side of the autoencoder, and the memory that they take.</summary>
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

    /// <summary>Of the largest block, for an input of so many pixels.</summary>
    public static long WorkingBytes(this IEnumerable<ImageBlock> blocks, long pixels)
    {
        var most = 0L;
        foreach (var block in blocks)
        {
            most = Math.Max(most, block.WorkingBytes(pixels));
            pixels = pixels * block.OutputsOfTwo * block.OutputsOfTwo / 4;
        }

        return most;
    }

    public static void Dispose(this IEnumerable<ImageBlock> blocks)
    {
        foreach (var block in blocks)
            block.Dispose();
    }
}
