namespace SanaLive.Sessions.Recordings;

/// <summary>Some blocks of a recording that are kept and go together.</summary>
/// <param name="path">Its file; null: in memory.</param>
internal sealed class RecordingSegment(string? path)
{
    public const int MostBlocks = 64;

    public string? Path => path;

    public List<RecordedBlock> Blocks { get; } = [];

    /// <summary>Length of the file when all blocks are written.</summary>
    public long Length { get; set; }
}
