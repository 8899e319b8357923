namespace SanaLive.Bench;

/// <summary>What was measured with so many sessions on one engine.</summary>
/// <param name="Sessions">At once.</param>
/// <param name="Blocks">Made by all together in real time.</param>
/// <param name="RealTimeFactor">Of each session, when all are made as fast as the engine can.</param>
/// <param name="P50">Milliseconds from the asking of a block until it is encoded, in real time.</param>
/// <param name="P95">The same.</param>
/// <param name="P99">The same.</param>
/// <param name="Misses">Blocks that were not ready when they were due, in real time, of all but the first of each session.</param>
/// <param name="MissShare">The same as a share.</param>
/// <param name="LeadMs">Median of the time by which a block was ready before it was due.</param>
internal sealed record SessionsCell(
    int Sessions, int Blocks, double RealTimeFactor, double P50, double P95, double P99, long Misses, double MissShare, double LeadMs);
