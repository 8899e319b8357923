using System.Security.Cryptography;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>Frames as they are, at once, unless it is told to wait or to fail.</summary>
internal sealed class FakeEncoder : IBlockEncoder
{
    public Task Gate { get; set; } = Task.CompletedTask;

    public int FailuresToCome { get; set; }

    public int AtOnce { get; private set; }

    public int MostAtOnce { get; private set; }

    public async Task<EncodedFrames> EncodeAsync(ReadOnlyMemory<byte> frames, ModelCard model, CancellationToken cancellation)
    {
        AtOnce++;
        MostAtOnce = Math.Max(MostAtOnce, AtOnce);
        await Gate;
        AtOnce--;
        if (FailuresToCome > 0 && FailuresToCome-- > 0) throw new InvalidOperationException("the encoder choked");
        var size = model.PictureBytes;
        var list = Enumerable.Range(0, frames.Length / size).Select(i => frames.Slice(i * size, size)).ToList();
        return new EncodedFrames(list, Convert.ToHexStringLower(SHA256.HashData(frames.Span)), TimeSpan.FromMilliseconds(5));
    }
}
