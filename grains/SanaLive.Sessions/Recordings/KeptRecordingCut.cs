using Microsoft.Win32.SafeHandles;

namespace SanaLive.Sessions.Recordings;

/// <summary>A recording of a session of this process.</summary>
internal sealed class KeptRecordingCut : RecordingCut
{
    private readonly IReadOnlyList<RecordedBlock> _blocks;
    private readonly Dictionary<RecordingSegment, SafeFileHandle> _files = [];
    private readonly WebmFile _webm;
    private readonly byte[] _head;

    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="blocks">At least one, in order.</param>
    /// <param name="chapters">In order.</param>
    /// <exception cref="FileNotFoundException">A part has just become too old.</exception>
    public KeptRecordingCut(int width, int height, IReadOnlyList<RecordedBlock> blocks, IReadOnlyList<RecordingChapter> chapters)
        : this(blocks, new WebmFile(width, height, blocks, chapters))
    {
    }

    private KeptRecordingCut(IReadOnlyList<RecordedBlock> blocks, WebmFile webm)
        : this(blocks, webm, webm.Head())
    {
    }

    private KeptRecordingCut(IReadOnlyList<RecordedBlock> blocks, WebmFile webm, byte[] head)
        : base(blocks[0].MediaTime, blocks[^1].End, blocks[0].FramesPerSecond, webm.Bytes(head))
    {
        (_blocks, _webm, _head) = (blocks, webm, head);
        try
        {
            // Open, they can be read although they become too old meanwhile.
            foreach (var segment in blocks.Select(block => block.Segment).Distinct().Where(segment => segment.Path is not null))
                _files[segment] = File.OpenHandle(segment.Path!, share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override async Task WriteAsync(Stream to, CancellationToken cancellation)
    {
        await to.WriteAsync(_head, cancellation);
        foreach (var block in _blocks) await to.WriteAsync(_webm.WriteCluster(block, await ReadAsync(block, cancellation)), cancellation);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var file in _files.Values) file.Dispose();
    }

    private async ValueTask<byte[]> ReadAsync(RecordedBlock block, CancellationToken cancellation)
    {
        if (block.Frames is { } frames) return frames;
        var read = new byte[block.Bytes];
        for (var at = 0; at < read.Length;)
        {
            var count = await RandomAccess.ReadAsync(_files[block.Segment], read.AsMemory(at), block.Offset + at, cancellation);
            if (count == 0) throw new IOException($"The recording ends within block {block.Number}.");
            at += count;
        }

        return read;
    }
}
