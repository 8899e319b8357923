namespace SanaLive.Sessions.Encoding;

/// <summary>One block, encoded.</summary>
/// <param name="Frames">In order; the first is a keyframe.</param>
/// <param name="Hash">SHA-256 of the frames before encoding, in hexadecimal.</param>
/// <param name="Duration">What it took.</param>
public sealed record EncodedFrames(IReadOnlyList<ReadOnlyMemory<byte>> Frames, string Hash, TimeSpan Duration);
