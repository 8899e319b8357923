using System.Security.Cryptography;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>A whole model in memory: text encoder, transformer and decoder on one kernel set, and how they are sampled.</summary>
public sealed class VideoModel : IDisposable
{
    private VideoModel(ModelIndex index, KernelSet kernels, SanaVideoTransformer transformer, VideoDecoder decoder, IPromptEncoder prompts, ModelCard card) =>
        (Index, Kernels, Transformer, Decoder, Prompts, Card) = (index, kernels, transformer, decoder, prompts, card);

    public ModelIndex Index { get; }

    public KernelSet Kernels { get; }

    public SanaVideoTransformer Transformer { get; }

    public VideoDecoder Decoder { get; }

    public IPromptEncoder Prompts { get; }

    public ModelCard Card { get; }

    public int LatentHeight => Index.Height / Decoder.SpatialScale;

    public int LatentWidth => Index.Width / Decoder.SpatialScale;

    /// <summary>Tokens of one block.</summary>
    public TokenGrid Grid => new(Index.LatentFramesPerBlock, LatentHeight / Transformer.Config.Patch, LatentWidth / Transformer.Config.Patch);

    /// <summary>Loads a model folder: <c>model_index.json</c>, <c>transformer/</c>, <c>vae/</c>, <c>text_encoder/</c>.</summary>
    /// <exception cref="CheckpointException">Something is missing, damaged, or does not fit together.</exception>
    public static VideoModel Load(string folder, KernelSet kernels)
    {
        var index = ModelIndex.Read(Path.Combine(folder, "model_index.json"));
        var (transformerPart, vaePart, textPart) = (Path.Combine(folder, "transformer"), Path.Combine(folder, "vae"), Path.Combine(folder, "text_encoder"));
        using var transformerWeights = Checkpoint.Open(transformerPart);
        using var vaeWeights = Checkpoint.Open(vaePart);
        using var textWeights = Checkpoint.Open(textPart);

        var loaded = new List<IDisposable>();
        try
        {
            var transformer = Own(new SanaVideoTransformer(kernels, TransformerConfig.Read(Path.Combine(transformerPart, "config.json")), transformerWeights));
            var vae = WorldVaeConfig.Read(Path.Combine(vaePart, "config.json"));
            var decoder = Own(new WorldDecoder(kernels, vae, vaeWeights));

            // A stream needs no encoder, but a VAE without its whole encoder is another VAE: its tensors are checked all the same.
            using (new WorldEncoder(kernels, vae, vaeWeights))
                vaeWeights.Finish();
            var prompts = Own(new WorldPromptEncoder(kernels, textPart, textWeights));
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
                Fingerprint = Fingerprint(folder, transformerWeights, vaeWeights, textWeights),
                License = index.License,
                PromptSemantics = prompts.Semantics,
                Width = index.Width,
                Height = index.Height,
                FramesPerSecond = index.FramesPerSecond,
                FramesPerBlock = index.LatentFramesPerBlock * decoder.FramesPerLatent,
                Parameters = transformerWeights.Parameters + vaeWeights.Parameters + textWeights.Parameters,
                Steps = index.Plan.Steps,
                StatePolicy = index.Policy.ToString(),
                DefaultPrompt = prompts.DefaultPrompt,
                Suggestions = prompts.Suggestions,
                Vocabulary = prompts.Vocabulary,
                Controls = prompts.Controls,
                KeyValueBytesPerBlock = 2L * sizeof(float) * config.Layers * config.Heads * config.HeadDim
                    * index.LatentFramesPerBlock * (index.Height / step) * (index.Width / step),
            };
            return new VideoModel(index, kernels, transformer, decoder, prompts, card);
        }
        catch
        {
            loaded.ForEach(part => part.Dispose());
            throw;
        }

        T Own<T>(T part)
            where T : IDisposable
        {
            loaded.Add(part);
            return part;
        }
    }

    public void Dispose()
    {
        Transformer.Dispose();
        Decoder.Dispose();
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
