namespace SanaLive.Runtime.Engine;

/// <summary>
/// How fast an engine makes blocks now: the median of the latest. A processor that was busy when the engine started is not held against it for
/// ever, and one that is busy later is noticed. Written by one thread, read by any; allocates nothing after it was made.
/// </summary>
internal sealed class EngineSpeed
{
    /// <summary>Blocks that are remembered: about ten seconds of an engine with places for three.</summary>
    public const int Remembered = 31;

    private readonly double[] latest = new double[Remembered];
    private readonly double[] sorted = new double[Remembered];
    private long seen;
    private double blocksPerSecond;

    /// <summary>0 before the first block.</summary>
    public double BlocksPerSecond => Volatile.Read(ref blocksPerSecond);

    /// <param name="compute">Of a block such as most are: neither a scene's first one nor with a recache, decoded.</param>
    public void Add(TimeSpan compute)
    {
        latest[seen++ % Remembered] = Math.Max(compute.TotalSeconds, 1e-6);
        var count = (int)Math.Min(seen, Remembered);
        Array.Copy(latest, sorted, count);
        Array.Sort(sorted, 0, count);
        Volatile.Write(ref blocksPerSecond, 1 / sorted[count / 2]);
    }
}
