namespace SanaLive.Bench;

/// <summary>One way to bring a stream to another engine.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Bytes">That travel.</param>
/// <param name="Milliseconds">In which no block of it can be made; null when it was not measured.</param>
/// <param name="FirstDifference">Mean difference of the next block's pixels from those of the stream that stayed, of 255; null when it was not measured.</param>
/// <param name="LargestDifference">The largest one.</param>
/// <param name="LaterDifference">The mean eight blocks later.</param>
internal sealed record MoveWay(
    string Name, long Bytes, double? Milliseconds, double? FirstDifference = null, double? LargestDifference = null, double? LaterDifference = null);
