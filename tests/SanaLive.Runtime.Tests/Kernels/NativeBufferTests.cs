using System.Globalization;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Kernels;

[Collection(AloneCollection.Name)]
public sealed class NativeBufferTests
{
    private const int Megabyte = 1 << 20;

    /// <summary>Stays to the end of the process: what lies between is free, and too little for anything large.</summary>
    private static readonly List<NativeBuffer> Scattered = [];

    [Fact]
    public void Dispose_OfLargeBuffersBelowOneThatStays_GivesTheirMemoryBackToTheSystem()
    {
        if (!OperatingSystem.IsLinux()) return;
        // To glibc, left alone, this is the sign that pieces up to this size are to be kept.
        new NativeBuffer(16 * Megabyte / sizeof(float)).Dispose();
        var buffers = Enumerable.Range(0, 32).Select(_ => new NativeBuffer(4 * Megabyte / sizeof(float))).ToList();
        // What lies above the others in a heap keeps it from shrinking.
        using var last = new NativeBuffer(Megabyte / 2 / sizeof(float));
        var held = AnonymousBytes();
        foreach (var buffer in buffers) buffer.Dispose();
        Assert.InRange(held - AnonymousBytes(), 100L * Megabyte, long.MaxValue);
    }

    [Fact]
    public void Trim_OfSmallBuffersAmongOthersThatStay_GivesTheirMemoryBackToTheSystem()
    {
        if (!OperatingSystem.IsLinux()) return;
        var buffers = Enumerable.Range(0, 2048).Select(_ => new NativeBuffer(Megabyte / 16 / sizeof(float))).ToList();
        var held = AnonymousBytes();
        // Those that stay keep the heap from shrinking.
        Scattered.AddRange(buffers.Where((_, at) => at % 8 == 7));
        foreach (var buffer in buffers.Except(Scattered)) buffer.Dispose();
        SystemHeap.Trim();
        Assert.InRange(held - AnonymousBytes(), 100L * Megabyte, long.MaxValue);
    }

    [Fact]
    public void Pointer_AfterDispose_IsRefused()
    {
        var buffer = new NativeBuffer(3);
        Assert.Equal([0f, 0f, 0f], buffer.Span.ToArray());
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer(-1));
    }

    /// <summary>Memory of this process that is no file's.</summary>
    private static long AnonymousBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(one => one.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
