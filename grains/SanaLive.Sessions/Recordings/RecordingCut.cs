using Microsoft.Win32.SafeHandles;

namespace SanaLive.Sessions.Recordings;

/// <summary>A part of what a session has shown, as a WebM file that is written while it is read. Nothing is encoded again.</summary>
public sealed class RecordingCut : IDisposable
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
    internal RecordingCut(int width, int height, IReadOnlyList<RecordedBlock> blocks, IReadOnlyList<RecordingChapter> chapters)
    {
        (_blocks, From, To, FramesPerSecond) = (blocks, blocks[0].MediaTime, blocks[^1].End, blocks[0].FramesPerSecond);
        _webm = new WebmFile(width, height, blocks, chapters);
        _head = _webm.Head();
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

    /// <summary>Media time of the first frame.</summary>
    public TimeSpan From { get; }

    /// <summary>Media time at which the last frame ends.</summary>
    public TimeSpan To { get; }

    public int FramesPerSecond { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _webm.Bytes(_head);

    /// <summary>Writes the file, block by block.</summary>
    public async Task WriteAsync(Stream to, CancellationToken cancellation)
    {
        await to.WriteAsync(_head, cancellation);
        foreach (var block in _blocks) await to.WriteAsync(_webm.WriteCluster(block, await ReadAsync(block, cancellation)), cancellation);
    }

    public void Dispose()
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
