using System.Collections.ObjectModel;
using System.Security.Cryptography;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>A whole model in memory: text encoder, transformer, decoder and encoder on one kernel set, and how they are sampled.</summary>
public sealed class VideoModel : IDisposable
{
    private readonly VideoEncoder encoder;
    private readonly ImageReader? imageReader;

    private VideoModel(
        ModelIndex index, KernelSet kernels, SanaVideoTransformer transformer, VideoDecoder decoder, VideoEncoder encoder, ImageReader? imageReader,
        IPromptEncoder prompts, ModelCard card, Precision precision)
    {
        (Index, Kernels, Transformer, Decoder, Prompts, Card, Precision) = (index, kernels, transformer, decoder, prompts, card, precision);
        (this.encoder, this.imageReader) = (encoder, imageReader);
    }

    public ModelIndex Index { get; }

    public KernelSet Kernels { get; }

    /// <summary>Of the transformer's linears.</summary>
    public Precision Precision { get; }

    public SanaVideoTransformer Transformer { get; }

    public VideoDecoder Decoder { get; }

    public IPromptEncoder Prompts { get; }

    public ModelCard Card { get; }

    public int LatentHeight => Index.Height / Decoder.SpatialScale;

    public int LatentWidth => Index.Width / Decoder.SpatialScale;

    /// <summary>Tokens of a block that begins no scene.</summary>
    public TokenGrid Grid => GridOf(Index.LatentFramesPerBlock);

    /// <summary>Tokens of some latent frames.</summary>
    public TokenGrid GridOf(int latentFrames) => new(latentFrames, LatentHeight / Transformer.Config.Patch, LatentWidth / Transformer.Config.Patch);

    /// <summary>Numbers of one latent frame.</summary>
    public int LatentFrameLength => LatentHeight * LatentWidth * Decoder.LatentChannels;

    /// <summary>Loads a model folder: <c>model_index.json</c>, <c>transformer/</c>, <c>vae/</c>, <c>text_encoder/</c>, and <c>image_reader/</c> if there is one.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="kernels">Own its memory and compute it.</param>
    /// <param name="chosen">Of the transformer's linears; null: as the model says where these kernels are faster so, else fp32.</param>
    /// <exception cref="CheckpointException">Something is missing, damaged, or does not fit together.</exception>
    public static VideoModel Load(string folder, KernelSet kernels, Precision? chosen = null)
    {
        var index = ModelIndex.Read(Path.Combine(folder, "model_index.json"));
        var precision = chosen ?? (kernels.FastInt8 ? index.Precision : Precision.Fp32);
        var (transformerPart, vaePart, textPart) = (Path.Combine(folder, "transformer"), Path.Combine(folder, "vae"), Path.Combine(folder, "text_encoder"));
        using var transformerWeights = Checkpoint.Open(transformerPart);
        using var vaeWeights = Checkpoint.Open(vaePart);
        using var textWeights = Checkpoint.Open(textPart);
        var readerPart = Path.Combine(folder, "image_reader");
        using var readerWeights = Directory.Exists(readerPart) ? Checkpoint.Open(readerPart) : null;

        var loaded = new List<IDisposable>();
        try
        {
            // Two halves at once: packing is most of a start, and touches nothing but its own weights.
            var vae = WorldVaeConfig.Read(Path.Combine(vaePart, "config.json"));
            var autoencoder = Task.Run(() => (Decoder: Own(new WorldDecoder(kernels, vae, vaeWeights)), Encoder: Own(new WorldEncoder(kernels, vae, vaeWeights)),
                Fingerprint: Fingerprint(folder, [transformerWeights, vaeWeights, textWeights, .. readerWeights is null ? [] : new[] { readerWeights }])));
            SanaVideoTransformer transformer;
            WorldPromptEncoder prompts;
            try
            {
                transformer = Own(new SanaVideoTransformer(kernels, TransformerConfig.Read(Path.Combine(transformerPart, "config.json")), transformerWeights, precision));
                prompts = Own(new WorldPromptEncoder(kernels, textPart, textWeights));
            }
            finally
            {
                // Whatever went wrong here, nobody may work on what is about to be given back.
                Task.WaitAny(autoencoder);
            }

            // The encoder is needed for start images alone, and kept all the same: 15 MB in the embedded world, and no file is needed later on.
            var (decoder, encoder, fingerprint) = autoencoder.GetAwaiter().GetResult();
            vaeWeights.Finish();
            var imageReader = readerWeights is null ? null : new ImageReader(prompts.Controls, vae.LatentChannels, readerWeights);
            var config = transformer.Config;
            if (config.CaptionChannels != prompts.Channels)
                throw new CheckpointException($"The transformer in {folder} reads conditions of {config.CaptionChannels} numbers, its text encoder gives {prompts.Channels}.");
            if (config.InChannels != decoder.LatentChannels || config.OutChannels != decoder.LatentChannels)
                throw new CheckpointException($"The transformer in {folder} has {config.InChannels} latent channels, its VAE {decoder.LatentChannels}.");
            var step = decoder.SpatialScale * config.Patch;
            if (index.Width % step != 0 || index.Height % step != 0 || index.FramesPerLatent != decoder.FramesPerLatent || index.LatentFramesPerBlock < 1)
                throw new CheckpointException($"{folder} asks for {index.Width} x {index.Height} and {index.FramesPerLatent} frames per latent; its parts make multiples of {step} and {decoder.FramesPerLatent}.");

            var card = new ModelCard
            {
                Name = index.Name,
                Fingerprint = fingerprint,
                License = index.License,
                PromptSemantics = prompts.Semantics,
                Width = index.Width,
                Height = index.Height,
                FramesPerSecond = index.FramesPerSecond,
                FramesPerBlock = index.LatentFramesPerBlock * decoder.FramesPerLatent,
                FirstBlockFrames = decoder.FramesOf(index.FirstBlockLatentFrames),
                Parameters = transformerWeights.Parameters + vaeWeights.Parameters + textWeights.Parameters + (readerWeights?.Parameters ?? 0),
                WeightBytes = new[] { transformerWeights, vaeWeights, textWeights, readerWeights }.Sum(weights => weights?.Bytes ?? 0),
                Sizes = [$"{index.Height}x{index.Width}"],
                Steps = index.Plan.Steps,
                StatePolicy = index.Policy.ToString(),
                DefaultPrompt = prompts.DefaultPrompt,
                Suggestions = prompts.Suggestions,
                Vocabulary = prompts.Vocabulary,
                Controls = prompts.Controls,
                KeyValueBytesPerBlock = 2L * sizeof(float) * config.Layers * config.Heads * config.HeadDim
                    * index.LatentFramesPerBlock * (index.Height / step) * (index.Width / step),
            };
            return new VideoModel(index, kernels, transformer, decoder, encoder, imageReader, prompts, card, precision);
        }
        catch
        {
            loaded.ForEach(part => part.Dispose());
            throw;
        }

        T Own<T>(T part)
            where T : IDisposable
        {
            lock (loaded)
                loaded.Add(part);
            return part;
        }
    }

    /// <summary>Encodes a picture as a stream's first latent frame: a video of it that stands still.</summary>
    /// <param name="rgb">[height, width, 3], of the model's own size.</param>
    public StartImage ReadImage(ReadOnlySpan<byte> rgb)
    {
        if (rgb.Length != Index.Height * Index.Width * 3)
            throw new ArgumentException($"A start image of this model has {Index.Width} x {Index.Height} pixels of 3 bytes, not {rgb.Length} bytes.", nameof(rgb));
        var video = new float[encoder.FramesOfFirstLatent * rgb.Length];
        for (var i = 0; i < video.Length; i++)
            video[i] = rgb[i % rgb.Length] / 127.5f - 1;
        var latents = new float[LatentFrameLength];
        encoder.Encode(video, encoder.FramesOfFirstLatent, Index.Height, Index.Width, latents);
        return new StartImage(latents, imageReader?.Read(latents, LatentHeight, LatentWidth) ?? ReadOnlyDictionary<string, ControlValue>.Empty);
    }

    public void Dispose()
    {
        Transformer.Dispose();
        Decoder.Dispose();
        encoder.Dispose();
        Prompts.Dispose();
    }

    private static string Fingerprint(string folder, params Checkpoint[] weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        foreach (var checkpoint in weights)
            checkpoint.AddTo(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
