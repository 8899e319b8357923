using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text.Gemma;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Ltx2;
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

    public static VideoDecoder Decoder(PublishedFolder folder, KernelSet kernels, Checkpoint weights) => folder.Vae == PublishedVae.Wan21
        ? new WanDecoder(kernels, Wan(folder), weights)
        : new Ltx2Decoder(kernels, Ltx2(folder), weights);

    public static VideoEncoder Encoder(PublishedFolder folder, KernelSet kernels, Checkpoint weights) => folder.Vae == PublishedVae.Wan21
        ? new WanEncoder(kernels, Wan(folder), weights)
        : new Ltx2Encoder(kernels, Ltx2(folder), weights);

    /// <summary>How pictures lie in its latents, from the config alone.</summary>
    public static ClipLayout Layout(PublishedFolder folder)
    {
        var (scale, frames) = folder.Vae == PublishedVae.Wan21
            ? (Wan(folder).SpatialScale, Wan(folder).FramesPerLatent)
            : (Ltx2(folder).SpatialScale, Ltx2(folder).TemporalScale);
        return new ClipLayout(scale, frames, 1, FramesPerSecond);
    }

    /// <summary>Bytes that a decoder works in.</summary>
    public static long WorkingBytes(VideoDecoder decoder, PictureSize size) => decoder is Ltx2Decoder ltx2
        ? ltx2.WorkingBytes(size.Height / decoder.SpatialScale, size.Width / decoder.SpatialScale)
        : ((WanDecoder)decoder).PeakBytes(size.Height, size.Width);

    /// <summary>Bytes that an encoder works in.</summary>
    public static long WorkingBytes(VideoEncoder encoder, PictureSize size) => encoder is Ltx2Encoder ltx2
        ? ltx2.WorkingBytes(size.Height / encoder.SpatialScale, size.Width / encoder.SpatialScale)
        : ((WanEncoder)encoder).PeakBytes(size.Height, size.Width);

    /// <summary>Bytes of a part's weights in memory, its few small ones counted like the others.</summary>
    public static long BytesOf(Checkpoint weights, Precision? chosen) => weights.Parameters * PrecisionOf(weights, chosen) switch
    {
        Precision.Int8 => sizeof(byte),
        Precision.Bf16 => sizeof(ushort),
        _ => sizeof(float),
    };

    private static WanVaeConfig Wan(PublishedFolder folder) => WanVaeConfig.Read(Path.Combine(folder.VaePath, "config.json"));

    private static Ltx2Config Ltx2(PublishedFolder folder) => Ltx2Config.Read(Path.Combine(folder.VaePath, "config.json"));
}
