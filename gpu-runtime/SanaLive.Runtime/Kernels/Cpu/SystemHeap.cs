using System.Runtime.InteropServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The C library's heap, which tensors and the video encoder have their memory from.</summary>
internal static partial class SystemHeap
{
    /// <summary>M_MMAP_THRESHOLD of glibc's malloc.h.</summary>
    private const int MapFrom = -3;

    /// <summary>What glibc begins with.</summary>
    private const int LargeBytes = 128 * 1024;

    /// <summary>
    /// From now on whatever is large goes back to the system when it is freed. glibc begins so, but takes the first large piece that is freed
    /// for a sign that such pieces are better kept: from then on the streams that come and go, and the encoder's pictures, lie in heaps of
    /// the threads that asked for them, and a process that has had many threads holds many times what it uses.
    /// </summary>
    public static void GiveBackWhatIsLarge()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            if (SetOption(MapFrom, LargeBytes) == 0) throw new InvalidOperationException($"malloc does not take {LargeBytes} bytes as the least that it maps.");
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: musl gives large pieces back, and has nothing to set.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
