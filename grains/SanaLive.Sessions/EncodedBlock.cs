namespace SanaLive.Sessions;

/// <summary>One block as it travels to viewers: a closed group of pictures that begins with a keyframe.</summary>
public sealed record EncodedBlock
{
    /// <summary>Fences an older owner: a reader drops a block whose epoch is below one it has seen.</summary>
    public required long Epoch { get; init; }

    public required long Number { get; init; }

    /// <summary>Position of the first frame in the stream: what all blocks before it last together.</summary>
    public required TimeSpan MediaTime { get; init; }

    /// <summary>
    /// When the first frame is due, on the clock of the host's <see cref="TimeProvider"/>: readers show frame i at
    /// <c>DueAt + i / fps</c>. A stall moves the due time of all later blocks.
    /// </summary>
    public required DateTimeOffset DueAt { get; init; }

    public required int FramesPerSecond { get; init; }

    /// <summary>Media time of its frames.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Frames.Count / FramesPerSecond);

    /// <summary>VP8 frames in order; the first is a keyframe and none refers to an earlier block.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Frames { get; init; }

    /// <summary>SHA-256 of the decoded frames before encoding, in hexadecimal.</summary>
    public required string FrameHash { get; init; }
}
