namespace SanaLive.Bench;

/// <summary>One measured kernel: one element of the JSON line.</summary>
internal sealed record KernelsBenchResult(
    string Kernel, string Shape, int Threads, double Microseconds, double Gflops, double ShareOfPeak, double GigabytesPerSecond, double ShareOfBandwidth,
    double? OpenBlasGflops);
