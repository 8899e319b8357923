namespace SanaLive.Grains.Sessions;

/// <summary>A recording on the wire: first what it is, then its bytes in order.</summary>
/// <param name="From">Media time of the first frame.</param>
/// <param name="To">Media time at which the last frame ends.</param>
/// <param name="FramesPerSecond">Of the video.</param>
/// <param name="Length">Bytes of the whole file.</param>
/// <param name="Bytes">The next of them; empty in the first part.</param>
[GenerateSerializer, Immutable, Alias("sanalive.recording")]
public sealed record RecordingPart(TimeSpan From, TimeSpan To, int FramesPerSecond, long Length, byte[] Bytes);
