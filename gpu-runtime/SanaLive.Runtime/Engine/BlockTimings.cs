namespace SanaLive.Runtime.Engine;

/// <summary>Wall-clock time of one block by stage. <c>Queued</c> is the wait for the device, before it and in the middle of it while more urgent work was done.</summary>
public readonly record struct BlockTimings(TimeSpan Queued, TimeSpan Denoise, TimeSpan StatePass, TimeSpan Decode)
{
    /// <summary>Time on the device: everything but the wait.</summary>
    public TimeSpan Compute => Denoise + StatePass + Decode;
}
