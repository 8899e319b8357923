using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>
/// A clip model's parts. They are loaded one after the other and given back as soon as they have done their work, so that the largest of
/// them has to fit into memory and not their sum.
/// </summary>
public interface IClipParts
{
    /// <summary>For people.</summary>
    string Name { get; }

    TransformerConfig Transformer { get; }

    SchedulerConfig Scheduler { get; }

    ClipLayout Layout { get; }

    /// <summary>What the model is guided away from when nobody says.</summary>
    string Negative { get; }

    /// <summary>Bytes of the text encoder's weights.</summary>
    long PromptBytes { get; }

    /// <summary>Bytes of the transformer's weights.</summary>
    long TransformerBytes { get; }

    /// <summary>Bytes of the decoder's weights and of what it works in.</summary>
    long DecoderBytes(PictureSize size);

    /// <summary>Bytes of the encoder's weights and of what it works in.</summary>
    long EncoderBytes(PictureSize size);

    /// <summary>Loads the text encoder, reads, and gives it back.</summary>
    /// <param name="prompt">Read as a prompt.</param>
    /// <param name="negative">Read as a negative prompt, without an instruction; null when there is no guidance.</param>
    (Prompt Prompt, Prompt? Negative) ReadPrompts(string prompt, string? negative);

    /// <summary>The caller's own.</summary>
    SanaVideoTransformer LoadTransformer();

    /// <summary>The caller's own.</summary>
    VideoDecoder LoadDecoder();

    /// <summary>The caller's own.</summary>
    VideoEncoder LoadEncoder();
}
