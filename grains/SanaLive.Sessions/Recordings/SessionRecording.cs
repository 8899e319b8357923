using System.Globalization;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Recordings;

/// <summary>
/// The newest compressed blocks of a session as they were sent to its viewers, up to a size: on the disk where sessions are kept, else in
/// memory. No block waits for the disk: one thing after the other is done on the thread pool, and what cannot be written is left out.
/// </summary>
/// <param name="folder">Null: in memory.</param>
/// <param name="limit">Bytes that are kept; 0 keeps nothing.</param>
/// <param name="epoch">Of the session's owner: no two write to one file.</param>
/// <param name="failed">Told when a block could not be written.</param>
internal sealed class SessionRecording(string? folder, long limit, long epoch, Action<Exception> failed) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<RecordingSegment> _segments = []; // none is empty
    private readonly Queue<Action> _work = [];
    private Task _working = Task.CompletedTask;
    private RecordingSegment? _current;
    private long _bytes;

    /// <summary>Finds what an earlier owner left.</summary>
    public void Restore()
    {
        if (folder is not null && limit > 0) Do(Find);
    }

    /// <summary>Returns at once. A block that is there already is not taken twice.</summary>
    public void Add(EncodedBlock block)
    {
        if (limit > 0) Do(() => Take(block));
    }

    /// <summary>The stream begins again with block 0: what was shown before is another story.</summary>
    public void Clear() => Do(() =>
    {
        while (_segments.Count > 0) Drop(_segments[0]);
    });

    /// <summary>The blocks between two media times.</summary>
    /// <param name="from">Null: from the first that is kept.</param>
    /// <param name="to">Null: to what is on now.</param>
    /// <param name="now">What is due later has not been shown.</param>
    /// <exception cref="SessionException">Not all of it is kept; the sentence says what is.</exception>
    public async Task<IReadOnlyList<RecordedBlock>> BetweenAsync(TimeSpan? from, TimeSpan? to, DateTimeOffset now)
    {
        if (from < TimeSpan.Zero || to <= (from ?? TimeSpan.Zero)) throw CueRules.Invalid("A recording goes from a media time in seconds to a later one.");
        if (limit == 0) throw new SessionException(SessionError.NotFound, "This server keeps no recordings.");
        Task working;
        lock (_work) working = _working;
        await working;
        lock (_gate)
        {
            var shown = _segments.SelectMany(segment => segment.Blocks).Where(block => block.DueAt <= now).ToList();
            if (shown.Count == 0) throw new SessionException(SessionError.NotFound, "Nothing of this session is kept yet: nobody has watched it.");
            var (first, end) = (shown[0].MediaTime, shown[^1].End);
            if (from < first || from >= end || to > end || to <= first)
            {
                throw new SessionException(SessionError.NotFound, string.Create(
                    CultureInfo.InvariantCulture,
                    $"Of this session {first.TotalSeconds:0.###} s to {end.TotalSeconds:0.###} s of media time are kept: choose from and to within that."));
            }

            return [.. shown.Where(block => block.End > (from ?? TimeSpan.Zero) && block.MediaTime < (to ?? TimeSpan.MaxValue))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task working;
        lock (_work) working = _working;
        await working;
    }

    private long Last => _segments.Count > 0 ? _segments[^1].Blocks[^1].Number : -1;

    private void Do(Action work)
    {
        if (folder is null)
        {
            work();
            return;
        }

        lock (_work)
        {
            _work.Enqueue(work);
            if (_working.IsCompleted) _working = Task.Run(WorkThrough);
        }
    }

    private void WorkThrough()
    {
        while (true)
        {
            Action? work;
            lock (_work)
            {
                if (!_work.TryDequeue(out work))
                {
                    // Who comes next starts another one.
                    _working = Task.CompletedTask;
                    return;
                }
            }

            try
            {
                work();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failed(e);
            }
        }
    }

    private void Find()
    {
        if (!Directory.Exists(folder)) return;
        foreach (var path in Directory.EnumerateFiles(folder, "*.blocks").Order(StringComparer.Ordinal))
        {
            var segment = RecordingFile.Read(path);
            lock (_gate)
            {
                // An owner who was followed while it hung may have written on for a while.
                segment.Blocks.RemoveAll(block => block.Number <= Last);
                if (segment.Blocks.Count == 0) continue;
                _segments.Add(segment);
                _bytes += segment.Length;
            }
        }
    }

    private void Take(EncodedBlock block)
    {
        lock (_gate)
        {
            if (block.Number <= Last) return;
            if (_current is null || _current.Blocks.Count == RecordingSegment.MostBlocks) _current = new RecordingSegment(PathFor(block.Number));
        }

        var segment = _current;
        var header = RecordingFile.HeaderBytes(block.Frames.Count);
        var one = new RecordedBlock(segment, segment.Length + header, [.. block.Frames.Select(frame => frame.Length)])
        {
            Number = block.Number,
            MediaTime = block.MediaTime,
            DueAt = block.DueAt,
            FramesPerSecond = block.FramesPerSecond,
            Frames = segment.Path is null ? Joined(block) : null,
        };
        if (segment.Path is not null) Write(one, Joined(block));
        lock (_gate)
        {
            if (segment.Blocks.Count == 0) _segments.Add(segment);
            segment.Blocks.Add(one);
            segment.Length += header + one.Bytes;
            _bytes += header + one.Bytes;
        }

        while (_bytes > limit && _segments.Count > 1) Drop(_segments[0]);
    }

    private void Write(RecordedBlock block, byte[] frames)
    {
        Durability.DurableFiles.CreateFolder(folder!);
        try
        {
            using var file = new FileStream(block.Segment.Path!, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Position = block.Segment.Length;
            file.Write(RecordingFile.Header(block));
            file.Write(frames);
        }
        catch (IOException)
        {
            // The file ends before what could not be written: the next block begins another.
            _current = null;
            throw;
        }
    }

    private void Drop(RecordingSegment segment)
    {
        lock (_gate)
        {
            _segments.Remove(segment);
            _bytes -= segment.Length;
        }

        if (_current == segment) _current = null;
        if (segment.Path is { } path) File.Delete(path);
    }

    private string? PathFor(long block) =>
        folder is null ? null : Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{block:D12}-{epoch}.blocks"));

    private static byte[] Joined(EncodedBlock block)
    {
        var (all, at) = (new byte[block.Frames.Sum(frame => frame.Length)], 0);
        foreach (var frame in block.Frames)
        {
            frame.CopyTo(all.AsMemory(at));
            at += frame.Length;
        }

        return all;
    }
}
