using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SanaLive.Sessions.Telemetry;

/// <summary>The one <see cref="ActivitySource"/> and the one <see cref="Meter"/> of sessions, and the names of what they record.</summary>
public static class SessionTelemetry
{
    public const string Name = "SanaLive.Sessions";

    public const string Blocks = "sanalive.session.blocks";
    public const string Stalls = "sanalive.session.stalls";
    public const string Cues = "sanalive.session.cues";
    public const string Retries = "sanalive.session.retries";
    public const string Failures = "sanalive.session.failures";
    public const string Fences = "sanalive.engine.fences";
    public const string Moves = "sanalive.session.moves";
    public const string MovePause = "sanalive.session.move.pause";
    public const string BlockDuration = "sanalive.session.block.duration";
    public const string EncodeDuration = "sanalive.session.encode.duration";
    public const string BlockBytes = "sanalive.session.block.bytes";
    public const string Active = "sanalive.session.active";
    public const string Queued = "sanalive.session.queued";
    public const string BlockActivity = "session.block";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> BlockCount = Meter.CreateCounter<long>(Blocks, "{block}", "Blocks published.");
    internal static readonly Counter<long> StallCount = Meter.CreateCounter<long>(Stalls, "{stall}", "Times a media clock waited for a block.");
    internal static readonly Counter<long> CueCount = Meter.CreateCounter<long>(Cues, "{cue}", "Cues accepted.");
    internal static readonly Counter<long> RetryCount = Meter.CreateCounter<long>(Retries, "{retry}", "Blocks tried again after a failure.");
    internal static readonly Counter<long> FailureCount = Meter.CreateCounter<long>(Failures, "{session}", "Sessions that failed.");
    internal static readonly Counter<long> FenceCount = Meter.CreateCounter<long>(Fences, "{engine}", "Times an engine was fenced off because it threw or hung.");
    internal static readonly Counter<long> MoveCount = Meter.CreateCounter<long>(Moves, "{session}", "Sessions that went to another engine.");
    internal static readonly Histogram<double> MoveTime = Meter.CreateHistogram<double>(MovePause, "s", "Time in which a moving session makes no block.");
    internal static readonly UpDownCounter<long> ActiveCount = Meter.CreateUpDownCounter<long>(Active, "{session}", "Sessions that have a place on an engine.");
    internal static readonly UpDownCounter<long> QueuedCount = Meter.CreateUpDownCounter<long>(Queued, "{session}", "Watched sessions that wait for a place.");
    internal static readonly Histogram<double> BlockTime = Meter.CreateHistogram<double>(BlockDuration, "s", "Wait and work of one block on its engine.");
    internal static readonly Histogram<double> EncodeTime = Meter.CreateHistogram<double>(EncodeDuration, "s", "Encoding of one block.");
    internal static readonly Histogram<long> BlockSize = Meter.CreateHistogram<long>(BlockBytes, "By", "One encoded block.");
}
