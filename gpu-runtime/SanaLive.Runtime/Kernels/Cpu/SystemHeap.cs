using System.Runtime.InteropServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The C library's heap, which tensors and the video encoder have their memory from. Of other libraries than glibc nothing is asked: they have nothing to set.</summary>
internal static partial class SystemHeap
{
    /// <summary>M_MMAP_THRESHOLD of glibc's malloc.h.</summary>
    private const int MapFrom = -3;

    /// <summary>What glibc begins with.</summary>
    private const int LargeBytes = 128 * 1024;

    /// <summary>Streams may end by the dozen: once is enough for them.</summary>
    private const long BetweenTrims = 2_000;

    private static long nextTrim;

    /// <summary>
    /// From now on whatever is large goes back to the system when it is freed. glibc begins so, but takes the first large piece that is freed
    /// for a sign that such pieces are better kept: from then on the streams that come and go, and the encoder's pictures, lie in heaps of
    /// the threads that asked for them, and a process that has had many threads holds many times what it uses.
    /// </summary>
    public static void GiveBackWhatIsLarge() => Ask(() =>
    {
        if (SetOption(MapFrom, LargeBytes) == 0) throw new InvalidOperationException($"malloc does not take {LargeBytes} bytes as the least that it maps.");
    });

    /// <summary>A stream has ended: see <see cref="Trim"/>.</summary>
    public static void StreamEnded()
    {
        var (now, next) = (Environment.TickCount64, Volatile.Read(ref nextTrim));
        if (now >= next && Interlocked.CompareExchange(ref nextTrim, now + BetweenTrims, next) == next) Trim();
    }

    /// <summary>
    /// Gives the system what is free within the heaps: small pieces that are still in use lie above it, in a heap for each of many threads.
    /// A walk through some tens of megabytes, which keeps nobody waiting who does not ask for memory.
    /// </summary>
    public static void Trim() => Ask(() => _ = GiveBackAllBut(0));

    private static void Ask(Action question)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            question();
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc: musl gives large pieces back by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int GiveBackAllBut(nuint bytes);
}
