using SanaLive.Runtime.State;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>A stream's state and its decoder's history: what a block is made from, and what it changes.</summary>
internal sealed class StreamPast(VideoModel model) : IDisposable
{
    public StreamState State { get; } = new(
        model.Kernels, model.Transformer.Config, model.Index.Policy, model.LatentHeight, model.LatentWidth, model.Index.MostLatentFrames);

    public DecoderHistory Decoder { get; } = model.Decoder.CreateHistory(model.LatentHeight, model.LatentWidth);

    /// <summary>What the decoder's history is made again from.</summary>
    public DecodedLatents Decoded { get; } = new(model.Decoder.ReceptiveField - 1, model.LatentFrameLength);

    public void CopyFrom(StreamPast other)
    {
        State.CopyFrom(other.State);
        Decoder.CopyFrom(other.Decoder);
        Decoded.CopyFrom(other.Decoded);
    }

    public void Dispose()
    {
        State.Dispose();
        Decoder.Dispose();
    }
}
