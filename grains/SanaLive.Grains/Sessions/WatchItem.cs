using SanaLive.Sessions;

namespace SanaLive.Grains.Sessions;

/// <summary>One step of watching: an <see cref="EncodedBlock"/> on the wire, or a sign of life.</summary>
[GenerateSerializer, Immutable, Alias("sanalive.watched")]
public sealed class WatchItem
{
    [Id(0)]
    public required WatchKind Kind { get; init; }

    /// <summary>On the silo's clock: blocks are due by it.</summary>
    [Id(1)]
    public required DateTimeOffset Sent { get; init; }

    [Id(2)]
    public long Epoch { get; init; }

    [Id(3)]
    public long Number { get; init; }

    [Id(4)]
    public TimeSpan MediaTime { get; init; }

    [Id(5)]
    public DateTimeOffset DueAt { get; init; }

    [Id(6)]
    public int FramesPerSecond { get; init; }

    [Id(7)]
    public byte[][] Frames { get; init; } = [];

    [Id(8)]
    public string FrameHash { get; init; } = "";

    public static WatchItem Of(EncodedBlock block, DateTimeOffset now) => new()
    {
        Kind = WatchKind.Block,
        Sent = now,
        Epoch = block.Epoch,
        Number = block.Number,
        MediaTime = block.MediaTime,
        DueAt = block.DueAt,
        FramesPerSecond = block.FramesPerSecond,
        Frames = [.. block.Frames.Select(frame => frame.ToArray())],
        FrameHash = block.FrameHash,
    };

    /// <param name="ahead">By how much this process's clock is ahead of the silo's.</param>
    public EncodedBlock ToBlock(TimeSpan ahead) => new()
    {
        Epoch = Epoch,
        Number = Number,
        MediaTime = MediaTime,
        DueAt = DueAt + ahead,
        FramesPerSecond = FramesPerSecond,
        Frames = [.. Frames.Select(frame => (ReadOnlyMemory<byte>)frame)],
        FrameHash = FrameHash,
    };
}
