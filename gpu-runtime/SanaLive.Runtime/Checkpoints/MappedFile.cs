using System.IO.MemoryMappedFiles;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// A whole file mapped for reading: pages come from the disk when they are touched and go again when memory is short, so that weights
/// of any size are read without a copy of their own.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private byte* start;

    /// <exception cref="CheckpointException">There is no such file, or nothing in it.</exception>
    public MappedFile(string path)
    {
        if (!File.Exists(path))
            throw new CheckpointException($"There is no checkpoint file {path}.");
        Path = path;
        Length = new FileInfo(path).Length;
        if (Length == 0)
            throw new CheckpointException($"{path} is empty.");
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    /// <summary>The numbers from a byte on, as they lie there. Not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="CheckpointException">They are not all within the file.</exception>
    public ReadOnlySpan<T> Read<T>(long from, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(start == null, this);
        if (from < 0 || count < 0 || from > Length || (long)count * sizeof(T) > Length - from)
            throw new CheckpointException($"{Path} is truncated: {count} numbers of {sizeof(T)} bytes at byte {from} are not within its {Length} bytes.");
        return new ReadOnlySpan<T>(start + from, count);
    }

    public void Dispose()
    {
        if (start == null)
            return;
        start = null;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }
}
