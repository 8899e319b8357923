namespace SanaLive.Runtime.Engine;

/// <summary>One block's decoded frames and what it took to make them.</summary>
/// <param name="Number">The block's number in its stream, from 0.</param>
/// <param name="Frames">
/// Shape [frames, height, width, 3], RGB, one byte per channel, row after row; empty when the request wanted none. Owned by the receiver.
/// </param>
/// <param name="Timings">Where the time went.</param>
public sealed record GeneratedBlock(long Number, byte[] Frames, BlockTimings Timings);
