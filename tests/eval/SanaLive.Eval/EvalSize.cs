namespace SanaLive.Eval;

/// <summary>How much is made and looked at.</summary>
/// <param name="Name">Part of what the journal belongs to.</param>
/// <param name="Streams">Short streams of held-out prompts.</param>
/// <param name="PairStreams">Short streams of pairs that training never shows.</param>
/// <param name="CueStreams">Streams with a cue.</param>
/// <param name="StreamBlocks">Blocks of a short stream, and before a cue.</param>
/// <param name="Renders">Fresh drawings for the judge, the autoencoder and the speed.</param>
/// <param name="Drift">Streams for drift: how many, and the minutes at whose end they are looked at. The first is what later ones are compared with.</param>
/// <param name="DriftSeconds">Of each look.</param>
/// <param name="RendersPerDriftStream">Fresh drawings of the same attributes, for the Frechet distance.</param>
/// <param name="SpeedStreams">Streams that are asked for a speed in pixels per second.</param>
/// <param name="StartImages">Streams that begin with a given picture.</param>
internal sealed record EvalSize(
    string Name, int Streams, int PairStreams, int CueStreams, int StreamBlocks, int Renders, IReadOnlyList<(int Streams, double[] Minutes)> Drift, double DriftSeconds,
    int RendersPerDriftStream, int SpeedStreams, int StartImages)
{
    /// <summary>Blocks made before looking: the first second is the stream's beginning, and is not judged.</summary>
    public const int SkippedBlocks = 2;

    /// <summary>Blocks made after a cue: three seconds.</summary>
    public const int BlocksAfterCue = 6;

    /// <summary>Blocks whose speed is measured: two seconds.</summary>
    public const int SpeedBlocks = 4;

    /// <summary>Blocks of a stream that begins with a picture: five seconds.</summary>
    public const int StartImageBlocks = 10;

    /// <summary>Within which the named attribute must be seen: two seconds.</summary>
    public const int BlocksToReach = 4;

    public static readonly EvalSize Full = new("full", 504, 120, 240, 6, 600, [(2, [1, 10, 30, 60]), (12, [1, 10])], 20, 24, 48, 48);

    public static readonly EvalSize Quick = new("quick", 48, 12, 16, 4, 64, [(2, [1.0 / 3, 2])], 10, 20, 8, 6);
}
