namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>What a tokenizer file says, in whichever format it says it.</summary>
internal sealed record TokenizerFacts
{
    /// <summary>By id; empty where an id has none.</summary>
    public required string[] Pieces { get; init; }

    /// <summary>Pieces that text may become.</summary>
    public required Dictionary<string, int> Ids { get; init; }

    public required IMerges Merges { get; init; }

    /// <summary>Found in the text before it is normalised.</summary>
    public required IReadOnlyList<(string Text, int Id)> RawAtoms { get; init; }

    /// <summary>Found in the text after it.</summary>
    public required IReadOnlyList<(string Text, int Id)> NormalAtoms { get; init; }

    /// <summary>Spaces to U+2581, most of all.</summary>
    public required Func<string, string> Normalize { get; init; }

    /// <summary>The ids of the 256 bytes, which stand for characters that have no piece, -1 where one is missing; empty without.</summary>
    public required int[] Bytes { get; init; }

    /// <summary>For a character that has no piece and not all of its bytes.</summary>
    public required int Unknown { get; init; }

    /// <summary>Neighbours that are unknown are one token.</summary>
    public bool FuseUnknown { get; init; } = true;

    /// <summary>A run that is a piece is taken as it is, whether merges lead there or not.</summary>
    public bool WholeFirst { get; init; }

    public required int[] Beginning { get; init; }

    /// <summary>Tokens that stand for no text.</summary>
    public required IReadOnlySet<int> Silent { get; init; }

    /// <summary>The ids of <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; -1 where one is missing, as Gemma's tokenizer.json has no byte for the tab, which is a piece there.</summary>
    public static int[] ByteIds(Func<string, int?> find) => [.. Enumerable.Range(0, 256).Select(value => find($"<0x{value:X2}>") ?? -1)];
}
