using System.Collections.Concurrent;
using System.Security.Cryptography;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Encoding;

/// <summary>
/// Encodes blocks to VP8 on the thread pool, so that an engine goes on with the next block meanwhile. As a block's bytes depend on the block
/// alone, encoders belong to no session: as many exist as blocks were ever encoded at once.
/// </summary>
public sealed class Vp8BlockEncoder : IBlockEncoder, IDisposable
{
    private readonly ConcurrentDictionary<(int Width, int Height, int Rate), ConcurrentBag<Vp8Encoder>> _idle = new();
    private readonly Vp8Options _options;
    private readonly TimeProvider _time;
    private volatile bool _disposed;

    /// <exception cref="DllNotFoundException">There is no libvpx; the message names the package.</exception>
    /// <exception cref="NotSupportedException">The libvpx that was found is not known here.</exception>
    public Vp8BlockEncoder(Vp8Options options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        // Whoever starts a server is told now, not the first viewer.
        _ = Vp8Library.AbiVersion;
    }

    public Task<EncodedFrames> EncodeAsync(ReadOnlyMemory<byte> frames, ModelCard model, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Task.Run(() => Encode(frames.Span, model), cancellation);
    }

    private EncodedFrames Encode(ReadOnlySpan<byte> frames, ModelCard model)
    {
        var started = _time.GetTimestamp();
        var pool = _idle.GetOrAdd((model.Width, model.Height, model.FramesPerSecond), _ => []);
        if (!pool.TryTake(out var encoder)) encoder = new Vp8Encoder(model.Width, model.Height, model.FramesPerSecond, _options);
        try
        {
            var encoded = encoder.Encode(frames);
            var hash = Convert.ToHexStringLower(SHA256.HashData(frames));
            return new EncodedFrames(encoded, hash, _time.GetElapsedTime(started));
        }
        finally
        {
            if (_disposed) encoder.Dispose();
            else pool.Add(encoder);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        foreach (var pool in _idle.Values)
            while (pool.TryTake(out var encoder))
                encoder.Dispose();
    }
}
