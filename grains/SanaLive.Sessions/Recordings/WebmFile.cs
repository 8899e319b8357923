using System.Buffers.Binary;

namespace SanaLive.Sessions.Recordings;

/// <summary>
/// A WebM file (a subset of Matroska, RFC 9559) of VP8 blocks as they were sent: a cluster for each, with the index and the chapters before
/// them, so that players seek in it. Sizes follow from the frames' lengths: it is written as it is read, and its length is known before.
/// </summary>
/// <param name="width">Pixels.</param>
/// <param name="height">Pixels.</param>
/// <param name="blocks">At least one, in order.</param>
/// <param name="chapters">In order; one that lies before the first block begins with it.</param>
internal sealed class WebmFile(int width, int height, IReadOnlyList<RecordedBlock> blocks, IReadOnlyList<RecordingChapter> chapters)
{
    private const uint Ebml = 0x1A45DFA3, Segment = 0x18538067, Info = 0x1549A966, Tracks = 0x1654AE6B, Chapters = 0x1043A770, Cues = 0x1C53BB6B;
    private const uint Cluster = 0x1F43B675, Timestamp = 0xE7, SimpleBlock = 0xA3;
    private const int SimpleBlockHead = 4;

    private readonly TimeSpan _start = blocks[0].MediaTime;

    /// <summary>Everything before the clusters.</summary>
    public byte[] Head()
    {
        var before = new EbmlWriter().Master(Info, WriteInfo()).Master(Tracks, WriteTracks());
        if (chapters.Count > 0) before.Master(Chapters, WriteChapters());
        // All positions take as many bytes: the index is as long as one of zeros.
        var index = WriteCues(0);
        var first = before.Length + new EbmlWriter().Master(Cues, index).Length;
        before.Master(Cues, WriteCues(first));
        return new EbmlWriter().Master(Ebml, WriteEbml()).Begin(Segment, before.Length + blocks.Sum(ClusterBytes)).Raw(before.ToArray()).ToArray();
    }

    public long Bytes(byte[] head) => head.Length + blocks.Sum(ClusterBytes);

    /// <param name="block">One of the file's.</param>
    /// <param name="frames">Its frames, one after the other.</param>
    public byte[] WriteCluster(RecordedBlock block, ReadOnlySpan<byte> frames)
    {
        var cluster = new EbmlWriter().Begin(Cluster, ContentBytes(block)).Number(Timestamp, Milliseconds(block));
        Span<byte> head = stackalloc byte[SimpleBlockHead];
        for (var (frame, at) = (0, 0); frame < block.Lengths.Count; at += block.Lengths[frame++])
        {
            head[0] = 0x81; // track 1
            BinaryPrimitives.WriteInt16BigEndian(head[1..], checked((short)(frame * 1000L / block.FramesPerSecond)));
            head[3] = frame == 0 ? (byte)0x80 : (byte)0; // a keyframe
            cluster.Begin(SimpleBlock, SimpleBlockHead + block.Lengths[frame]).Raw(head).Raw(frames.Slice(at, block.Lengths[frame]));
        }

        return cluster.ToArray();
    }

    private static long ContentBytes(RecordedBlock block) =>
        1 + EbmlWriter.LengthBytes + sizeof(long) + block.Lengths.Sum(length => 1 + EbmlWriter.LengthBytes + SimpleBlockHead + (long)length);

    private static long ClusterBytes(RecordedBlock block) => EbmlWriter.IdBytes(Cluster) + EbmlWriter.LengthBytes + ContentBytes(block);

    private long Milliseconds(RecordedBlock block) => (long)(block.MediaTime - _start).TotalMilliseconds;

    private static EbmlWriter WriteEbml() => new EbmlWriter()
        .Number(0x4286, 1).Number(0x42F7, 1).Number(0x42F2, 4).Number(0x42F3, 8).Text(0x4282, "webm").Number(0x4287, 4).Number(0x4285, 2);

    private EbmlWriter WriteInfo() => new EbmlWriter()
        .Number(0x2AD7B1, 1_000_000).Number(0x4489, (blocks[^1].End - _start).TotalMilliseconds).Text(0x4D80, "SanaLive").Text(0x5741, "SanaLive");

    private EbmlWriter WriteTracks() => new EbmlWriter().Master(0xAE, new EbmlWriter()
        .Number(0xD7, 1).Number(0x73C5, 1).Number(0x83, 1).Number(0x9C, 0).Text(0x86, "V_VP8").Number(0x23E383, 1_000_000_000L / blocks[0].FramesPerSecond)
        .Master(0xE0, new EbmlWriter().Number(0xB0, width).Number(0xBA, height)));

    private EbmlWriter WriteChapters()
    {
        var edition = new EbmlWriter();
        for (var i = 0; i < chapters.Count; i++)
        {
            var end = i + 1 < chapters.Count ? chapters[i + 1].MediaTime : blocks[^1].End;
            edition.Master(0xB6, new EbmlWriter()
                .Number(0x73C4, 1 + i).Number(0x91, Nanoseconds(chapters[i].MediaTime)).Number(0x92, Nanoseconds(end))
                .Master(0x80, new EbmlWriter().Text(0x85, chapters[i].Title).Text(0x437C, "und")));
        }

        return new EbmlWriter().Master(0x45B9, edition);
    }

    private long Nanoseconds(TimeSpan mediaTime) => Math.Max(0, (mediaTime - _start).Ticks) * 100;

    private EbmlWriter WriteCues(long first)
    {
        var cues = new EbmlWriter();
        foreach (var block in blocks)
        {
            cues.Master(0xBB, new EbmlWriter().Number(0xB3, Milliseconds(block)).Master(0xB7, new EbmlWriter().Number(0xF7, 1).Number(0xF1, first)));
            first += ClusterBytes(block);
        }

        return cues;
    }
}
