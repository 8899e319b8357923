namespace SanaLive.Runtime.Engine;

/// <summary>What an engine runs on.</summary>
/// <param name="Device">For example <c>cpu</c>.</param>
/// <param name="Kernels">Kernel set and instruction set, for example <c>cpu/avx512</c>.</param>
/// <param name="Precision">For example <c>fp32</c>.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Reason">Why this device was chosen, in a sentence for the operator.</param>
/// <param name="Fingerprint">Equal fingerprints promise equal frames, bit for bit.</param>
public sealed record EngineFacts(string Device, string Kernels, string Precision, int Threads, string Reason, string Fingerprint);
