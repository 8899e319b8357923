using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Encoding;

/// <summary>Turns a block's decoded frames into what travels to viewers.</summary>
public interface IBlockEncoder
{
    /// <summary>VP8 frames in order: a closed group of pictures whose bytes depend on these frames alone. Does not run on the caller's thread.</summary>
    /// <param name="frames">Shape [frames, height, width, 3] of the model's size, RGB.</param>
    /// <param name="model">Size and rate of the pictures.</param>
    /// <param name="cancellation">Gives up before the work has begun.</param>
    Task<EncodedFrames> EncodeAsync(ReadOnlyMemory<byte> frames, ModelCard model, CancellationToken cancellation);
}
