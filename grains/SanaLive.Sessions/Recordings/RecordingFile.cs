using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SanaLive.Sessions.Recordings;

/// <summary>A segment as bytes: block after block, each with its own checksum, so that one that was being written when its server died is seen to be cut off.</summary>
/// <remarks><code>
/// block   "SRB1" | number i64 | media time i64 (100 ns) | due i64 (100 ns since year 1, UTC) | frames per second i32 | frames i32
///         | length i32 of each | first 8 bytes of SHA-256(all before) | the frames
/// </code></remarks>
internal static class RecordingFile
{
    private const int FixedBytes = 4 + 3 * sizeof(long) + 2 * sizeof(int);
    private const int HashBytes = 8;
    private const int MostFrames = 4096;

    private static ReadOnlySpan<byte> Magic => "SRB1"u8;

    public static int HeaderBytes(int frames) => FixedBytes + frames * sizeof(int) + HashBytes;

    public static byte[] Header(RecordedBlock block)
    {
        var header = new byte[HeaderBytes(block.Lengths.Count)];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(4), block.Number);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), block.MediaTime.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(20), block.DueAt.UtcTicks);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), block.FramesPerSecond);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(32), block.Lengths.Count);
        for (var i = 0; i < block.Lengths.Count; i++) BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(FixedBytes + i * sizeof(int)), block.Lengths[i]);
        SHA256.HashData(header.AsSpan(0, header.Length - HashBytes)).AsSpan(0, HashBytes).CopyTo(header.AsSpan(header.Length - HashBytes));
        return header;
    }

    /// <summary>What can be trusted of a file; nothing is added behind what cannot.</summary>
    public static RecordingSegment Read(string path)
    {
        var segment = new RecordingSegment(path);
        using var file = File.OpenRead(path);
        var start = new byte[FixedBytes];
        while (file.ReadAtLeast(start, FixedBytes, throwOnEndOfStream: false) == FixedBytes && start.AsSpan().StartsWith(Magic))
        {
            var frames = BinaryPrimitives.ReadInt32LittleEndian(start.AsSpan(32));
            if (frames is < 1 or > MostFrames) break;
            var header = new byte[HeaderBytes(frames)];
            start.CopyTo(header, 0);
            if (file.ReadAtLeast(header.AsSpan(FixedBytes), header.Length - FixedBytes, throwOnEndOfStream: false) < header.Length - FixedBytes) break;
            if (!SHA256.HashData(header.AsSpan(0, header.Length - HashBytes)).AsSpan(0, HashBytes).SequenceEqual(header.AsSpan(header.Length - HashBytes))) break;
            var lengths = Enumerable.Range(0, frames).Select(i => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(FixedBytes + i * sizeof(int)))).ToArray();
            var block = new RecordedBlock(segment, file.Position, lengths)
            {
                Number = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(4)),
                MediaTime = TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(12))),
                DueAt = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(20)), TimeSpan.Zero),
                FramesPerSecond = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(28)),
            };
            if (file.Position + block.Bytes > file.Length) break;
            file.Position += block.Bytes;
            segment.Blocks.Add(block);
            segment.Length = file.Position;
        }

        return segment;
    }
}
