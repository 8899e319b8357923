namespace SanaLive.Sessions.Recordings;

/// <summary>One block of a recording: where its compressed frames are.</summary>
/// <param name="segment">What it lies in.</param>
/// <param name="offset">Of its first frame's first byte within the segment's file.</param>
/// <param name="lengths">Bytes of each frame; the first is a keyframe.</param>
internal sealed class RecordedBlock(RecordingSegment segment, long offset, int[] lengths)
{
    public required long Number { get; init; }

    public required TimeSpan MediaTime { get; init; }

    /// <summary>When its first frame was due: before that nobody has seen it.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required int FramesPerSecond { get; init; }

    public RecordingSegment Segment => segment;

    public long Offset => offset;

    public IReadOnlyList<int> Lengths => lengths;

    public int Bytes { get; } = lengths.Sum();

    /// <summary>One after the other; null when they are on the disk.</summary>
    public byte[]? Frames { get; init; }

    /// <summary>Media time at which its last frame ends.</summary>
    public TimeSpan End => MediaTime + TimeSpan.FromSeconds((double)lengths.Length / FramesPerSecond);
}
