using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text.Gemma;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Wan;

namespace SanaLive.Runtime.Engine;

/// <summary>Builds the parts of published checkpoints, for streams and for clips.</summary>
internal static class PublishedParts
{
    /// <summary>In which a part's linears run: as somebody chose, else weights of 16 bits stay so, which loses nothing.</summary>
    public static Precision PrecisionOf(Checkpoint weights, Precision? chosen) => chosen ?? (weights.IsBFloat16 ? Precision.Bf16 : Precision.Fp32);

    /// <summary>All published models were trained with 16 frames per second.</summary>
    public const int FramesPerSecond = 16;

    public static SanaVideoTransformer Transformer(PublishedFolder folder, KernelSet kernels, Checkpoint weights, Precision? chosen) =>
        new(kernels, folder.Transformer, weights, PrecisionOf(weights, chosen));

    public static PublishedPromptEncoder Prompts(PublishedFolder folder, KernelSet kernels, Checkpoint weights, Precision? chosen) =>
        new(kernels, folder.TextEncoderPath, folder.TokenizerPath, weights, PrecisionOf(weights, chosen));

    public static VideoDecoder Decoder(PublishedFolder folder, KernelSet kernels, Checkpoint weights) => new WanDecoder(kernels, Wan(folder), weights);

    public static VideoEncoder Encoder(PublishedFolder folder, KernelSet kernels, Checkpoint weights) => new WanEncoder(kernels, Wan(folder), weights);

    /// <summary>How pictures lie in its latents, from the config alone.</summary>
    public static ClipLayout Layout(PublishedFolder folder)
    {
        var config = Wan(folder);
        return new ClipLayout(config.SpatialScale, config.FramesPerLatent, 1, FramesPerSecond);
    }

    /// <summary>Bytes that a decoder works in.</summary>
    public static long WorkingBytes(VideoDecoder decoder, PictureSize size) => ((WanDecoder)decoder).PeakBytes(size.Height, size.Width);

    /// <summary>Bytes that an encoder works in.</summary>
    public static long WorkingBytes(VideoEncoder encoder, PictureSize size) => ((WanEncoder)encoder).PeakBytes(size.Height, size.Width);

    /// <summary>Bytes of a part's weights in memory, its few small ones counted like the others.</summary>
    public static long BytesOf(Checkpoint weights, Precision? chosen) => weights.Parameters * PrecisionOf(weights, chosen) switch
    {
        Precision.Int8 => sizeof(byte),
        Precision.Bf16 => sizeof(ushort),
        _ => sizeof(float),
    };

    private static WanVaeConfig Wan(PublishedFolder folder) => folder.Vae == PublishedVae.Wan21
        ? WanVaeConfig.Read(Path.Combine(folder.VaePath, "config.json"))
        : throw new CheckpointException($"{folder.Folder} needs the autoencoder of LTX-2, which this runtime does not have yet.");
}
