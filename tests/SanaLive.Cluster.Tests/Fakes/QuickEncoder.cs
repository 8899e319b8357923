using System.Security.Cryptography;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Cluster.Tests.Fakes;

/// <summary>Frames as they are, at once, for any number of sessions.</summary>
internal sealed class QuickEncoder : IBlockEncoder
{
    public Task<EncodedFrames> EncodeAsync(ReadOnlyMemory<byte> frames, ModelCard model, CancellationToken cancellation)
    {
        var size = frames.Length / model.FramesPerBlock;
        var list = Enumerable.Range(0, model.FramesPerBlock).Select(i => frames.Slice(i * size, size)).ToList();
        return Task.FromResult(new EncodedFrames(list, Convert.ToHexStringLower(SHA256.HashData(frames.Span)), TimeSpan.FromMilliseconds(1)));
    }
}
