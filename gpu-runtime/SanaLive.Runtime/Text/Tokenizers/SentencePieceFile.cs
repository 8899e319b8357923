using System.Text;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>Reads a SentencePiece model (<c>sentencepiece_model.proto</c>) of Gemma's kind: byte pairs by scores, text taken as it is.</summary>
internal static class SentencePieceFile
{
    private const int BytePairs = 2;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private enum Kind
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6,
    }

    /// <exception cref="CheckpointException">It is damaged, or of a kind that this runtime does not have.</exception>
    public static TokenizerFacts Read(string path)
    {
        try
        {
            return Read(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException or IOException)
        {
            throw new CheckpointException($"{path} is no SentencePiece model, or not all of it: {error.Message}", error);
        }
    }

    private static TokenizerFacts Read(string path, ReadOnlySpan<byte> bytes)
    {
        var (pieces, trained, normalised) = (new List<(string Text, float Score, Kind Kind)>(), false, false);
        var (beginning, fallsBack) = (1L, false);
        for (var model = new ProtobufReader(bytes); model.Next();)
        {
            if (model.Is(1))
                pieces.Add(ReadPiece(model.Bytes()));
            else if (model.Is(2))
                (trained, beginning, fallsBack) = (true, ReadTrainer(path, model.Bytes(), out var bytePieces), bytePieces);
            else if (model.Is(3))
                normalised = RequirePlain(path, model.Bytes());
            else
                model.Skip();
        }

        if (!trained || !normalised || pieces.Count == 0)
            throw new FormatException($"it has {pieces.Count} pieces{(trained ? string.Empty : ", no trainer_spec")}{(normalised ? string.Empty : ", no normalizer_spec")}.");
        return Gather(path, pieces, beginning, fallsBack);
    }

    private static TokenizerFacts Gather(string path, List<(string Text, float Score, Kind Kind)> pieces, long beginning, bool fallsBack)
    {
        var (byText, ids, merges) = (new Dictionary<string, int>(), new Dictionary<string, int>(), new Dictionary<string, (int, float)>());
        var (atoms, silent, unknown) = (new List<(string, int)>(), new HashSet<int>(), -1);
        for (var id = 0; id < pieces.Count; id++)
        {
            var (text, score, kind) = pieces[id];
            if (!byText.TryAdd(text, id))
                throw new FormatException($"the pieces {byText[text]} and {id} are the same, '{text}'.");
            if (kind is Kind.Normal or Kind.UserDefined)
                (ids[text], merges[text]) = (id, (id, score));

            // Control tokens are found in text, too, where SentencePiece itself would spell them out: transformers' tokenizer does so, with
            // either file, and the models were trained on it.
            if (kind is Kind.UserDefined or Kind.Control or Kind.Unknown)
                atoms.Add((text, id));
            if (kind is Kind.Control or Kind.Unknown)
                silent.Add(id);
            if (kind == Kind.Unknown)
                unknown = id;
            if (kind == Kind.Unused || !Enum.IsDefined(kind))
                throw new CheckpointException($"{path} has the piece '{text}' of the kind {kind}, which this runtime does not have.");
        }

        var bytes = fallsBack ? TokenizerFacts.ByteIds(text => byText.TryGetValue(text, out var id) && pieces[id].Kind == Kind.Byte ? id : null) : [];
        if (Array.IndexOf(bytes, -1) is var missing and >= 0)
            throw new FormatException($"it falls back to bytes but has no piece <0x{missing:X2}>.");
        if (unknown < 0 || beginning >= pieces.Count)
            throw new FormatException($"it has {(unknown < 0 ? "no unknown piece" : $"{pieces.Count} pieces, and begins texts with number {beginning}")}.");
        return new TokenizerFacts
        {
            Pieces = [.. pieces.Select(piece => piece.Text)],
            Ids = ids,
            Merges = new ScoredMerges(merges),
            RawAtoms = [],
            NormalAtoms = atoms,
            Normalize = text => text.Replace(' ', '\u2581'),
            Bytes = bytes,
            Unknown = unknown,
            Beginning = beginning < 0 ? [] : [(int)beginning],
            Silent = silent,
        };
    }

    private static (string Text, float Score, Kind Kind) ReadPiece(ReadOnlySpan<byte> bytes)
    {
        var (text, score, kind) = (string.Empty, 0f, Kind.Normal);
        for (var piece = new ProtobufReader(bytes); piece.Next();)
        {
            if (piece.Is(1))
                text = Strict.GetString(piece.Bytes());
            else if (piece.Is(2))
                score = piece.Single();
            else if (piece.Is(3))
                kind = (Kind)checked((int)piece.Integer());
            else
                piece.Skip();
        }

        return text.Length > 0 && !float.IsNaN(score) ? (text, score, kind) : throw new FormatException($"the piece '{text}' has the score {score}.");
    }

    /// <returns>The id that every text begins with; negative for none.</returns>
    private static long ReadTrainer(string path, ReadOnlySpan<byte> bytes, out bool fallsBack)
    {
        var (type, beginning, suffix) = (1L, 1L, false);
        fallsBack = false;
        for (var trainer = new ProtobufReader(bytes); trainer.Next();)
        {
            switch (trainer.Field)
            {
                case 3: type = trainer.Integer(); break;
                case 24: suffix = trainer.Flag(); break;
                case 35: fallsBack = trainer.Flag(); break;
                case 41: beginning = (int)trainer.Integer(); break;
                default: trainer.Skip(); break;
            }
        }

        if (type != BytePairs)
            throw new CheckpointException($"{path} is a SentencePiece model of the type {type} (1 is unigram, 3 words, 4 characters); this runtime has type 2, byte pairs.");
        return suffix ? throw new CheckpointException($"{path} puts spaces behind words, which this runtime does not have.") : beginning;
    }

    /// <summary>Text is taken as it is but for spaces, which become U+2581. What a spec leaves out is as the format says: not so.</summary>
    private static bool RequirePlain(string path, ReadOnlySpan<byte> bytes)
    {
        var (prefix, squeezed, escaped, mapped) = (true, true, true, false);
        for (var normalizer = new ProtobufReader(bytes); normalizer.Next();)
        {
            switch (normalizer.Field)
            {
                case 2: mapped = normalizer.Bytes().Length > 0; break;
                case 3: prefix = normalizer.Flag(); break;
                case 4: squeezed = normalizer.Flag(); break;
                case 5: escaped = normalizer.Flag(); break;
                default: normalizer.Skip(); break;
            }
        }

        return !mapped && !prefix && !squeezed && escaped ? true : throw new CheckpointException(
            $"{path} changes text before it reads it (characters mapped: {mapped}, a space put before it: {prefix}, spaces removed: {squeezed}, spaces escaped: {escaped}); Gemma's takes it as it is, and so does this runtime.");
    }
}
