using System.Runtime.InteropServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The C library's heap, which tensors and the video encoder have their memory from.</summary>
internal static partial class SystemHeap
{
    /// <summary>M_MMAP_THRESHOLD of glibc's malloc.h.</summary>
    private const int MapFrom = -3;

    /// <summary>M_ARENA_MAX of glibc's malloc.h.</summary>
    private const int MostHeaps = -8;

    /// <summary>What glibc begins with.</summary>
    private const int LargeBytes = 128 * 1024;

    /// <summary>
    /// From now on whatever is large goes back to the system when it is freed. glibc begins so, but takes the first large piece that is freed
    /// for a sign that such pieces are better kept: from then on the streams that come and go, and the encoder's pictures, lie in heaps of
    /// the threads that asked for them, and a process that has had many threads holds many times what it uses. What is small stays in such
    /// heaps; there is one for each processor, no longer eight, because threads of the pool come and go, and each heap keeps its holes.
    /// </summary>
    public static void GiveBackWhatIsLarge()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            Set(MapFrom, LargeBytes);
            Set(MostHeaps, Math.Max(2, Environment.ProcessorCount));
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: musl gives large pieces back, and has nothing to set.
        }
    }

    private static void Set(int option, int value)
    {
        if (SetOption(option, value) == 0) throw new InvalidOperationException($"The C library's malloc does not take {value} for its option {option}.");
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
