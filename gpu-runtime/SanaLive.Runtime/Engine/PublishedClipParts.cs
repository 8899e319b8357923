using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Text.Gemma;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>The parts of a published SANA-Video.</summary>
public sealed class PublishedClipParts : IClipParts
{
    private readonly PublishedFolder folder;
    private readonly KernelSet kernels;
    private readonly Precision? chosen;

    /// <param name="folder">Of <see cref="PublishedKind.Clip"/>.</param>
    /// <param name="kernels">Own the memory and compute.</param>
    /// <param name="chosen">Of the linears; null: as they are in the files.</param>
    /// <exception cref="CheckpointException">A part is missing or of a kind that this runtime does not have.</exception>
    public PublishedClipParts(PublishedFolder folder, KernelSet kernels, Precision? chosen = null)
    {
        (this.folder, this.kernels, this.chosen) = (folder, kernels, chosen);
        Scheduler = folder.SchedulerPath is { } path ? SchedulerConfig.Read(path) : new SchedulerConfig(SchedulerKind.DpmSolver, NvLabsFlowShift);
        Layout = PublishedParts.Layout(folder);
        using var text = Checkpoint.Open(folder.TextEncoderPath);
        using var transformer = folder.OpenTransformer();
        (PromptBytes, TransformerBytes) = (PublishedParts.BytesOf(text, chosen), PublishedParts.BytesOf(transformer, chosen));
    }

    // NVlabs' .pth files have no scheduler beside them; this is what they are sampled with.
    private const double NvLabsFlowShift = 8;

    public string Name => folder.Repository.Name;

    public TransformerConfig Transformer => folder.Transformer;

    public SchedulerConfig Scheduler { get; }

    public ClipLayout Layout { get; }

    public string Negative => PublishedPrompts.Negative;

    public long PromptBytes { get; }

    public long TransformerBytes { get; }

    public long DecoderBytes(PictureSize size)
    {
        using var decoder = LoadDecoder();
        return VaeBytes() + PublishedParts.WorkingBytes(decoder, size);
    }

    public long EncoderBytes(PictureSize size)
    {
        using var encoder = LoadEncoder();
        return VaeBytes() + PublishedParts.WorkingBytes(encoder, size);
    }

    public (Prompt Prompt, Prompt? Negative) ReadPrompts(string prompt, string? negative)
    {
        using var weights = Checkpoint.Open(folder.TextEncoderPath);
        using var prompts = PublishedParts.Prompts(folder, kernels, weights, chosen);
        if (prompts.Channels != Transformer.CaptionChannels)
            throw new CheckpointException($"The transformer in {folder.Folder} reads conditions of {Transformer.CaptionChannels} numbers, its text encoder gives {prompts.Channels}.");
        return (prompts.Read(null, prompt), negative is null ? null : prompts.ReadNegative(negative));
    }

    public SanaVideoTransformer LoadTransformer()
    {
        using var weights = folder.OpenTransformer();
        return PublishedParts.Transformer(folder, kernels, weights, chosen);
    }

    public VideoDecoder LoadDecoder()
    {
        using var weights = Checkpoint.Open(folder.VaePath);
        return PublishedParts.Decoder(folder, kernels, weights);
    }

    public VideoEncoder LoadEncoder()
    {
        using var weights = Checkpoint.Open(folder.VaePath);
        return PublishedParts.Encoder(folder, kernels, weights);
    }

    private long VaeBytes()
    {
        using var weights = Checkpoint.Open(folder.VaePath);
        return weights.Parameters * sizeof(float);
    }
}
