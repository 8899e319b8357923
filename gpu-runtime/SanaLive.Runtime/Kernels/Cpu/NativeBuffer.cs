using System.Runtime.InteropServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Floats at a 64-byte boundary outside the managed heap: the collector neither moves nor scans them.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;
    private float* pointer;

    static NativeBuffer() => SystemHeap.GiveBackWhatIsLarge();

    /// <summary>Zeroed memory for <paramref name="length"/> floats.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such piece of memory.</exception>
    public NativeBuffer(nint length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        // 64 bytes more, so that a vector read that begins at the last float stays inside.
        var bytes = ((nuint)length * sizeof(float)) + Alignment;
        pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(pointer, bytes);
    }

    ~NativeBuffer() => Free();

    public nint Length { get; }

    /// <exception cref="ObjectDisposedException">The memory was given back.</exception>
    public float* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == null, this);
            return pointer;
        }
    }

    /// <summary>The first <see cref="Length"/> floats, at most 2^31 - 1 of them.</summary>
    public Span<float> Span => new(Pointer, checked((int)Length));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(pointer);
        pointer = null;
    }
}
