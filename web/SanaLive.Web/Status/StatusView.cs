using SanaLive.Runtime.Engine;
using SanaLive.Rtc;
using SanaLive.Sessions.Engines;
using SanaLive.Web.Relay;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Status;

/// <summary>How the server is, for operators. Names no session.</summary>
public sealed record StatusView
{
    public required string Version { get; init; }

    public required bool Ready { get; init; }

    /// <summary>Why not, when not ready.</summary>
    public string? Reason { get; init; }

    public required TimeSpan Uptime { get; init; }

    public required IReadOnlyList<EngineStatus> Engines { get; init; }

    /// <summary>Sessions that can be watched at once, by the engines' measured speed; more wait in line.</summary>
    public required int Capacity { get; init; }

    public required AdmissionStatus Admission { get; init; }

    public required SessionCounts Sessions { get; init; }

    public required DurabilityStatus Durability { get; init; }

    /// <summary>Viewers whose connection is up.</summary>
    public required int Viewers { get; init; }

    public required RtcStatus Rtc { get; init; }

    public required RelayStatistics Relays { get; init; }

    public required ProcessStatus Process { get; init; }

    /// <param name="WorkingSet">Bytes of memory that the process holds.</param>
    /// <param name="ManagedHeap">Bytes of it that are the runtime's objects, garbage included.</param>
    /// <param name="CommittedHeap">Bytes of it that the runtime keeps for its objects, whether or not there is one. What is neither this nor files is native.</param>
    /// <param name="PoolThreads">Of the thread pool; engines have their own.</param>
    /// <param name="UnobservedExceptions">Of tasks that nobody awaited, since the start: each is a fault of this program's, and in its log.</param>
    public sealed record ProcessStatus(long WorkingSet, long ManagedHeap, long CommittedHeap, int PoolThreads, long UnobservedExceptions);

    /// <param name="Name">Within this process.</param>
    /// <param name="Model">Its name.</param>
    /// <param name="QueueLength">Requests waiting or running now.</param>
    /// <param name="BlocksPerSecond">For one session, measured at the start.</param>
    /// <param name="RealTimeFactor">Blocks per second over what one viewer's session needs: how far the engine is ahead of one viewer.</param>
    /// <param name="Facts">Device, kernels, precision, threads, and why they were chosen.</param>
    /// <param name="State">Whether it takes sessions.</param>
    /// <param name="Reason">Why it failed; null when it has not.</param>
    /// <param name="Epoch">Counts the times it was fenced off, from 1.</param>
    /// <param name="Places">Sessions that it makes at once.</param>
    /// <param name="Active">Sessions that have one of these places.</param>
    /// <param name="Sessions">Sessions whose stream it holds, resting ones included.</param>
    public sealed record EngineStatus(
        string Name, string Model, int QueueLength, double BlocksPerSecond, double RealTimeFactor, EngineFacts Facts, EngineState State, string? Reason,
        long Epoch, int Places, int Active, int Sessions);

    /// <param name="Active">Sessions that have a place.</param>
    /// <param name="Queued">Sessions that wait for one.</param>
    /// <param name="Full">Whether one more would be refused.</param>
    /// <param name="QueueLength">Sessions that may wait.</param>
    /// <param name="MaxSessions">Sessions that may exist, watched or not.</param>
    /// <param name="MaxStreams">The operator's number of places per engine; null when they are measured.</param>
    /// <param name="Reserve">Share of the measured speed that is not given away.</param>
    public sealed record AdmissionStatus(int Active, int Queued, bool Full, int QueueLength, int MaxSessions, int? MaxStreams, double Reserve);

    public sealed record SessionCounts(int Total, int Queued, int Idle, int Streaming, int Paused, int Failed);

    /// <param name="Place">The folder or database in which sessions survive the server; null: nowhere.</param>
    /// <param name="NotDurable">Sessions that would lose what happens now, because the place cannot be written.</param>
    /// <param name="Reason">Why, of one of them.</param>
    public sealed record DurabilityStatus(string? Place, int NotDurable, string? Reason);

    /// <param name="Port">UDP.</param>
    /// <param name="Addresses">What viewers are told, with port.</param>
    /// <param name="Sent">Since the start.</param>
    /// <param name="Received">Since the start.</param>
    public sealed record RtcStatus(int Port, IReadOnlyList<string> Addresses, ViewerTotals Sent, RtcServerStatistics Received);
}
