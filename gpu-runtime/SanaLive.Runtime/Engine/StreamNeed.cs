using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Engine;

/// <summary>What one stream of a published LongSANA needs in memory.</summary>
public static class StreamNeed
{
    /// <summary>
    /// All parts stay, for a cue can come at any time; and the stream's past is there twice, for a block is made on a copy of it.
    /// </summary>
    /// <param name="folder">Of <see cref="PublishedKind.LongSana"/>.</param>
    /// <param name="kernels">Hold the decoder while its memory is worked out.</param>
    /// <param name="size">Of the pictures; null: the model's own.</param>
    /// <param name="chosen">Of the linears; null: as they are in the files.</param>
    /// <exception cref="CheckpointException">A part is missing or of a kind that this runtime does not have, or the model makes no pictures of that size.</exception>
    public static MemoryNeed Of(PublishedFolder folder, KernelSet kernels, PictureSize? size = null, Precision? chosen = null)
    {
        var (picture, config, layout) = (size ?? PublishedSizes.Default(folder.Vae), folder.Transformer, PublishedParts.Layout(folder));
        using var text = Checkpoint.Open(folder.TextEncoderPath);
        using var transformer = folder.OpenTransformer();
        using var vae = Checkpoint.Open(folder.VaePath);
        using var decoder = PublishedParts.Decoder(folder, kernels, vae);
        var index = ModelIndex.LongSana(folder.Repository.Name, picture, layout.FramesPerLatent);
        var step = layout.SpatialScale * config.Patch;
        if (picture.Height % step != 0 || picture.Width % step != 0)
            throw new CheckpointException($"{folder.Folder} makes pictures whose sides are multiples of {step}, not {picture}.");
        var grid = new TokenGrid(index.MostLatentFrames, picture.Height / step, picture.Width / step);
        var weights = PublishedParts.BytesOf(text, chosen) + PublishedParts.BytesOf(transformer, chosen) + sizeof(float) * vae.Parameters;

        // Of the past: sums of the last block and of all before it, two conv tails.
        var sums = 2L * config.Layers * (config.Hidden + config.Heads) * config.HeadDim;
        var tails = 2L * config.Layers * grid.PerFrame * config.Hidden;
        return new MemoryNeed(
        [
            new("weights", weights),
            new("weights and a stream", weights + SanaVideoTransformer.WorkingBytes(config, grid) + 2 * (PublishedParts.WorkingBytes(decoder, picture) + sizeof(float) * (sums + tails))),
        ]);
    }
}
