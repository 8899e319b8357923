namespace SanaLive.Sessions.Recordings;

/// <summary>A part of what a session has shown, as a WebM file that is written while it is read. Nothing is encoded again.</summary>
/// <param name="from">Media time of the first frame.</param>
/// <param name="to">Media time at which the last frame ends.</param>
/// <param name="framesPerSecond">Of the video.</param>
/// <param name="length">Bytes of the file.</param>
public abstract class RecordingCut(TimeSpan from, TimeSpan to, int framesPerSecond, long length) : IDisposable
{
    /// <summary>Media time of the first frame.</summary>
    public TimeSpan From => from;

    /// <summary>Media time at which the last frame ends.</summary>
    public TimeSpan To => to;

    public int FramesPerSecond => framesPerSecond;

    /// <summary>Bytes of the file.</summary>
    public long Length => length;

    /// <summary>Writes the file, block by block. Once.</summary>
    public abstract Task WriteAsync(Stream to, CancellationToken cancellation);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
