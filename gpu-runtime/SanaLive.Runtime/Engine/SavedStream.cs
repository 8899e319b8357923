namespace SanaLive.Runtime.Engine;

/// <summary>
/// A whole stream at a block border, as a value: kept, moved to another engine, or loaded any number of times (each is then a stream of
/// its own). Its bytes carry no checksum: whoever keeps them outside of memory adds one.
/// </summary>
/// <param name="NextBlock">Number of the block that is made next.</param>
/// <param name="Model">Fingerprint of the model: to another one the bytes mean nothing.</param>
/// <param name="Engine">Fingerprint of the engine that made the stream so far (<see cref="EngineFacts.Fingerprint"/>): only on an equal one are the next blocks the same bit for bit.</param>
/// <param name="Bytes">In the format of <see cref="StreamFile"/>.</param>
public sealed record SavedStream(long NextBlock, string Model, string Engine, ReadOnlyMemory<byte> Bytes);
