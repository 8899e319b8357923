using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Engine;

/// <summary>Loads published LongSANA checkpoints for endless streams; published clip models are run by <see cref="ClipPipeline"/>.</summary>
internal static class PublishedModel
{
    /// <inheritdoc cref="VideoModel.Load"/>
    public static VideoModel Load(PublishedFolder folder, KernelSet kernels, Precision? chosen, PictureSize? size)
    {
        if (folder.Kind != PublishedKind.LongSana)
        {
            throw new CheckpointException(
                $"{folder.Folder} holds {folder.Repository.Name}, which makes clips of some seconds and no endless streams: ./sanalive generate --model {folder.Folder} makes one. "
                + $"Streams come from {string.Join(", ", PublishedRepository.All.Where(known => known.Kind == PublishedKind.LongSana).Select(known => known.Name))}, or the embedded world.");
        }

        var picture = size ?? PublishedSizes.Default(folder.Vae);
        using var loaded = new LoadedParts();
        using var transformerWeights = folder.OpenTransformer();
        using var vaeWeights = Checkpoint.Open(folder.VaePath);
        using var textWeights = Checkpoint.Open(folder.TextEncoderPath);
        Checkpoint[] weights = [transformerWeights, vaeWeights, textWeights];
        var transformer = loaded.Own(PublishedParts.Transformer(folder, kernels, transformerWeights, chosen));
        var (decoder, encoder) = (loaded.Own(PublishedParts.Decoder(folder, kernels, vaeWeights)), loaded.Own(PublishedParts.Encoder(folder, kernels, vaeWeights)));
        vaeWeights.Finish();
        var prompts = loaded.Own(PublishedParts.Prompts(folder, kernels, textWeights, chosen));
        var index = ModelIndex.LongSana(folder.Repository.Name, picture, decoder.FramesPerLatent);
        var model = VideoModel.Assemble(index, kernels, PublishedParts.PrecisionOf(transformerWeights, chosen), new ModelParts
        {
            Folder = folder.Folder,
            Transformer = transformer,
            Decoder = decoder,
            Encoder = encoder,
            Prompts = prompts,
            PromptChannels = prompts.Channels,
            // Two sizes of as many pixels have states of one shape, and nothing else in common.
            Fingerprint = ModelFingerprint.Of(Directory.Exists(folder.Folder) ? folder.Folder : Path.GetDirectoryName(Path.GetFullPath(folder.Folder))!, weights, picture.ToString()),
            Parameters = weights.Sum(checkpoint => checkpoint.Parameters),
            WeightBytes = weights.Sum(checkpoint => checkpoint.Bytes),
            Sizes = [.. PublishedSizes.Of(folder.Vae).Select(known => known.ToString())],
        });
        loaded.Release();
        return model;
    }
}
