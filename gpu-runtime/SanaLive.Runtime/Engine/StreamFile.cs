using System.Runtime.InteropServices;
using System.Text;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Engine;

/// <summary>
/// A stream as bytes: seed, start image while it is still needed, the transformer's state, and in place of the decoder's history the
/// last latent frames that it has seen, from which it is made again exactly. Loading what was saved gives the same blocks, bit for bit.
/// </summary>
internal static class StreamFile
{
    public const int Version = 1;

    private static ReadOnlySpan<byte> Magic => "SANASTRM"u8;

    /// <summary>Of a stream that rests between two blocks.</summary>
    public static ReadOnlyMemory<byte> Save(VideoStream stream, VideoModel model)
    {
        var (state, decoded) = (stream.Past.State, stream.Past.Decoded);
        using var bytes = new MemoryStream((int)Math.Min(state.Bytes + 4L * decoded.Capacity * decoded.FrameLength + 8192, int.MaxValue));
        using var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(stream.Seed);
        // Block 0 alone is made from it.
        var start = stream.NextBlock == 0 ? stream.Start.Span : [];
        writer.Write(start.Length);
        writer.Write(MemoryMarshal.AsBytes(start));
        writer.Write(decoded.Count);
        for (var frame = 0; frame < decoded.Count; frame++)
            writer.Write(MemoryMarshal.AsBytes(decoded[frame]));
        StateFile.Write(writer, state, model.Kernels, model.Card.Fingerprint);
        writer.Flush();
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>A stream of its own. On the engine's thread: the decoder's history is computed.</summary>
    /// <exception cref="StateException">Of another version, model or shape, or cut short.</exception>
    public static VideoStream Load(ReadOnlyMemory<byte> bytes, VideoModel model)
    {
        VideoStream? stream = null;
        try
        {
            using var reader = new BinaryReader(AsStream(bytes), Encoding.UTF8);
            if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
                throw new StateException($"These {bytes.Length} bytes are no saved stream.");
            var version = reader.ReadInt32();
            if (version != Version)
                throw new StateException($"The stream was saved in version {version}; this program reads version {Version}.");
            var seed = reader.ReadUInt64();
            var start = Floats(reader, model.LatentFrameLength, 1, "start images");
            stream = new VideoStream(model, seed, start.Length == 0 ? null : new StartImage(start, new Dictionary<string, ControlValue>()));
            var past = stream.Past;
            var latents = Floats(reader, past.Decoded.FrameLength, past.Decoded.Capacity, "decoded latent frames", countsFrames: true);
            for (var at = 0; at < latents.Length; at += past.Decoded.FrameLength)
                past.Decoded.Add(latents.AsSpan(at, past.Decoded.FrameLength));
            StateFile.Read(reader, past.State, model.Kernels, model.Card.Fingerprint);
            past.Decoded.Rebuild(model.Decoder, model.LatentHeight, model.LatentWidth, past.Decoder);
            return stream;
        }
        catch (Exception error)
        {
            stream?.Dispose();
            if (error is EndOfStreamException)
                throw new StateException($"The saved stream ends too early, after {bytes.Length} bytes.");
            throw;
        }
    }

    /// <param name="reader">At a count.</param>
    /// <param name="frameLength">Numbers of a latent frame.</param>
    /// <param name="most">Frames.</param>
    /// <param name="what">For the error's sentence.</param>
    /// <param name="countsFrames">The count is of frames, not of numbers.</param>
    private static float[] Floats(BinaryReader reader, int frameLength, int most, string what, bool countsFrames = false)
    {
        var count = reader.ReadInt32();
        var numbers = countsFrames ? (long)count * frameLength : count;
        if (numbers < 0 || numbers > (long)most * frameLength || numbers % frameLength != 0)
            throw new StateException($"The saved stream speaks of {count} {(countsFrames ? "" : "numbers of ")}{what}; this model has at most {most} of {frameLength} numbers.");
        var values = new float[numbers];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);
}
