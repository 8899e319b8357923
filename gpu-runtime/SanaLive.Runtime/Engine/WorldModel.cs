using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>Loads folders of the embedded world's kind: <c>transformer/</c>, <c>vae/</c>, <c>text_encoder/</c>, and <c>image_reader/</c> if there is one.</summary>
internal static class WorldModel
{
    /// <inheritdoc cref="VideoModel.Load"/>
    public static VideoModel Load(string folder, KernelSet kernels, Precision? chosen)
    {
        var index = ModelIndex.Read(Path.Combine(folder, "model_index.json"));
        var precision = chosen ?? (kernels.FastInt8 ? index.Precision : Precision.Fp32);
        var (transformerPart, vaePart, textPart) = (Path.Combine(folder, "transformer"), Path.Combine(folder, "vae"), Path.Combine(folder, "text_encoder"));
        using var transformerWeights = Checkpoint.Open(transformerPart);
        using var vaeWeights = Checkpoint.Open(vaePart);
        using var textWeights = Checkpoint.Open(textPart);
        var readerPart = Path.Combine(folder, "image_reader");
        using var readerWeights = Directory.Exists(readerPart) ? Checkpoint.Open(readerPart) : null;
        Checkpoint[] weights = [transformerWeights, vaeWeights, textWeights, .. readerWeights is null ? [] : new[] { readerWeights }];

        using var loaded = new LoadedParts();
        // Two halves at once: packing is most of a start, and touches nothing but its own weights.
        var vae = WorldVaeConfig.Read(Path.Combine(vaePart, "config.json"));
        var autoencoder = Task.Run(() => (Decoder: loaded.Own(new WorldDecoder(kernels, vae, vaeWeights)), Encoder: loaded.Own(new WorldEncoder(kernels, vae, vaeWeights)),
            Fingerprint: ModelFingerprint.Of(folder, weights)));
        SanaVideoTransformer transformer;
        WorldPromptEncoder prompts;
        try
        {
            transformer = loaded.Own(new SanaVideoTransformer(kernels, TransformerConfig.Read(Path.Combine(transformerPart, "config.json")), transformerWeights, precision));
            prompts = loaded.Own(new WorldPromptEncoder(kernels, textPart, textWeights));
        }
        finally
        {
            // Whatever went wrong here, nobody may work on what is about to be given back.
            Task.WaitAny(autoencoder);
        }

        // The encoder is needed for start images alone, and kept all the same: 15 MB in the embedded world, and no file is needed later on.
        var (decoder, encoder, fingerprint) = autoencoder.GetAwaiter().GetResult();
        vaeWeights.Finish();
        var model = VideoModel.Assemble(index, kernels, precision, new ModelParts
        {
            Folder = folder,
            Transformer = transformer,
            Decoder = decoder,
            Encoder = encoder,
            Prompts = prompts,
            PromptChannels = prompts.Channels,
            ImageReader = readerWeights is null ? null : new ImageReader(prompts.Controls, vae.LatentChannels, readerWeights),
            Fingerprint = fingerprint,
            Parameters = weights.Sum(checkpoint => checkpoint.Parameters),
            WeightBytes = weights.Sum(checkpoint => checkpoint.Bytes),
        });
        loaded.Release();
        return model;
    }
}
