using System.Text;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>
/// A byte-pair tokenizer with byte fallback, as Gemma's is: any text becomes tokens, and the tokens say the text again. A lone surrogate
/// reads as U+FFFD, as every UTF-8 encoder writes it.
/// </summary>
public sealed class BpeTokenizer
{
    /// <summary>Longest text in UTF-16 units: far more than any model reads, so that nobody's text keeps an engine busy.</summary>
    public const int MaxCharacters = 1 << 16;

    private readonly TokenizerFacts facts;
    private readonly AtomSplitter rawAtoms;
    private readonly AtomSplitter normalAtoms;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids;

    internal BpeTokenizer(TokenizerFacts facts)
    {
        this.facts = facts;
        rawAtoms = new AtomSplitter(facts.RawAtoms);
        normalAtoms = new AtomSplitter(facts.NormalAtoms);
        ids = facts.Ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Largest id and one.</summary>
    public int VocabularySize => facts.Pieces.Length;

    /// <summary>Tokens that every text begins with: <c>&lt;bos&gt;</c>.</summary>
    public IReadOnlyList<int> Beginning => facts.Beginning;

    /// <summary>Reads <c>tokenizer.json</c>, or without one <c>tokenizer.model</c>.</summary>
    /// <exception cref="CheckpointException">Neither is there, it is damaged, or of a kind that this runtime does not have.</exception>
    public static BpeTokenizer Open(string folder)
    {
        var (json, model) = (Path.Combine(folder, "tokenizer.json"), Path.Combine(folder, "tokenizer.model"));
        return File.Exists(json) ? OpenJson(json)
            : File.Exists(model) ? OpenModel(model)
            : throw new CheckpointException($"{folder} has no tokenizer.json and no tokenizer.model; one of them is needed to read prompts.");
    }

    /// <inheritdoc cref="Open"/>
    internal static BpeTokenizer OpenJson(string path) => new(HuggingFaceFile.Read(path));

    /// <inheritdoc cref="Open"/>
    internal static BpeTokenizer OpenModel(string path) => new(SentencePieceFile.Read(path));

    /// <summary>The tokens of a text after those that every text begins with.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxCharacters"/>.</exception>
    public int[] Encode(string text)
    {
        if (text.Length > MaxCharacters)
            throw new ArgumentException($"The text has {text.Length} characters; at most {MaxCharacters} are read.", nameof(text));
        var tokens = new List<int>(facts.Beginning);
        foreach (var (part, atom) in rawAtoms.Split(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text))))
        {
            if (atom >= 0)
            {
                tokens.Add(atom);
                continue;
            }

            foreach (var (run, id) in normalAtoms.Split(facts.Normalize(part)))
            {
                if (id >= 0)
                    tokens.Add(id);
                else
                    AddRun(run, tokens);
            }
        }

        return [.. tokens];
    }

    /// <summary>The text that tokens stand for; control tokens stand for none.</summary>
    public string Decode(ReadOnlySpan<int> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(token, nameof(tokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize, nameof(tokens));
            if (Array.IndexOf(facts.Bytes, token) is var value and >= 0)
                bytes.Add((byte)value);
            else if (!facts.Silent.Contains(token))
                bytes.AddRange(Encoding.UTF8.GetBytes(facts.Pieces[token].Replace('\u2581', ' ')));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private void AddRun(string run, List<int> tokens)
    {
        if (facts.WholeFirst && ids.TryGetValue(run, out var whole))
        {
            tokens.Add(whole);
            return;
        }

        var unknown = false;
        foreach (var (id, start, length) in new PairMerger(facts.Merges, run).Run((text, at, count) => ids.TryGetValue(text.AsSpan(at, count), out var own) ? own : -1))
        {
            int[] spelled = id >= 0 ? [id] : facts.Bytes.Length == 0 ? [-1] : [.. Encoding.UTF8.GetBytes(run, start, length).Select(value => facts.Bytes[value])];
            var known = !spelled.Contains(-1);
            if (known)
                tokens.AddRange(spelled);
            else if (!unknown || !facts.FuseUnknown)
                tokens.Add(facts.Unknown);
            unknown = !known;
        }
    }
}
