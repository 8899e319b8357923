using System.Collections.ObjectModel;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
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

    private VideoModel(ModelIndex index, KernelSet kernels, ModelParts parts, ModelCard card, Precision precision)
    {
        (Index, Kernels, Card, Precision) = (index, kernels, card, precision);
        (Transformer, Decoder, Prompts, encoder, imageReader) = (parts.Transformer, parts.Decoder, parts.Prompts, parts.Encoder, parts.ImageReader);
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

    /// <summary>Loads a model of streams: the embedded world's kind, or a published LongSANA, by what its <c>model_index.json</c> says.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="kernels">Own its memory and compute it.</param>
    /// <param name="chosen">Of the transformer's linears; null: as the model says where these kernels are faster so, else fp32.</param>
    /// <param name="size">Of the pictures, where the model leaves a choice; null: its own.</param>
    /// <exception cref="CheckpointException">Something is missing, damaged, or does not fit together.</exception>
    public static VideoModel Load(string folder, KernelSet kernels, Precision? chosen = null, PictureSize? size = null)
    {
        if (PublishedFolder.IsPublished(folder))
            return PublishedModel.Load(PublishedFolder.Recognise(folder), kernels, chosen, size);
        var model = WorldModel.Load(folder, kernels, chosen);
        if (size is not { } asked || (asked.Height, asked.Width) == (model.Index.Height, model.Index.Width))
            return model;
        model.Dispose();
        throw new CheckpointException($"{folder} makes pictures of {model.Index.Height}x{model.Index.Width} and no others, not {asked}.");
    }

    /// <summary>A model from its parts, which are its own from then on. If they do not fit together they stay the caller's.</summary>
    /// <exception cref="CheckpointException">They do not fit together.</exception>
    internal static VideoModel Assemble(ModelIndex index, KernelSet kernels, Precision precision, ModelParts parts)
    {
        var (config, decoder, prompts) = (parts.Transformer.Config, parts.Decoder, parts.Prompts);
        if (config.CaptionChannels != parts.PromptChannels)
            throw new CheckpointException($"The transformer in {parts.Folder} reads conditions of {config.CaptionChannels} numbers, its text encoder gives {parts.PromptChannels}.");
        if (config.InChannels != decoder.LatentChannels || config.OutChannels != decoder.LatentChannels)
            throw new CheckpointException($"The transformer in {parts.Folder} has {config.InChannels} latent channels, its VAE {decoder.LatentChannels}.");
        var step = decoder.SpatialScale * config.Patch;
        if (index.Width % step != 0 || index.Height % step != 0 || index.FramesPerLatent != decoder.FramesPerLatent || index.LatentFramesPerBlock < 1)
            throw new CheckpointException($"{parts.Folder} asks for {index.Width} x {index.Height} and {index.FramesPerLatent} frames per latent; its parts make multiples of {step} and {decoder.FramesPerLatent}.");

        var card = new ModelCard
        {
            Name = index.Name,
            Fingerprint = parts.Fingerprint,
            License = index.License,
            PromptSemantics = prompts.Semantics,
            Width = index.Width,
            Height = index.Height,
            FramesPerSecond = index.FramesPerSecond,
            FramesPerBlock = index.LatentFramesPerBlock * decoder.FramesPerLatent,
            FirstBlockFrames = decoder.FramesOf(index.FirstBlockLatentFrames),
            Parameters = parts.Parameters,
            WeightBytes = parts.WeightBytes,
            Sizes = parts.Sizes ?? [$"{index.Height}x{index.Width}"],
            Steps = index.Plan.Steps,
            StatePolicy = index.Policy.ToString(),
            DefaultPrompt = prompts.DefaultPrompt,
            Suggestions = prompts.Suggestions,
            Vocabulary = prompts.Vocabulary,
            Controls = prompts.Controls,
            KeyValueBytesPerBlock = 2L * sizeof(float) * config.Layers * config.Heads * config.HeadDim
                * index.LatentFramesPerBlock * (index.Height / step) * (index.Width / step),
        };
        return new VideoModel(index, kernels, parts, card, precision);
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
}
