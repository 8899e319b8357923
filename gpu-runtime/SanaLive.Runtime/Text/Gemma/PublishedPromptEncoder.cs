using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Text.Tokenizers;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>
/// Prompts of the published models, as NVlabs/Sana reads them: an instruction before and a motion score behind the words, Gemma 2's hidden
/// states, of which the transformer sees the first and those of the prompt. The reference pads to 300 and masks the padding; here it is
/// left out, which is the same: Gemma is causal, and masked words take no part in cross-attention.
/// </summary>
public sealed class PublishedPromptEncoder : IPromptEncoder
{
    /// <summary>Longest prompt in characters: many times of what 300 tokens hold.</summary>
    public const int MaxCharacters = 20_000;

    /// <summary>The control that sets the motion score.</summary>
    public const string Motion = "motion";

    /// <summary>The highest motion score.</summary>
    public const int MostMotion = 30;

    private readonly Gemma2Encoder encoder;
    private readonly BpeTokenizer tokenizer;
    private readonly int[] instruction;
    private readonly int motionScore;
    private Gemma2Prefix? prefix;

    /// <param name="kernels">Own the memory and compute.</param>
    /// <param name="encoderFolder">Holds <c>config.json</c> of Gemma 2.</param>
    /// <param name="tokenizerFolder">Holds <c>tokenizer.json</c> or <c>tokenizer.model</c>.</param>
    /// <param name="checkpoint">The weights in <paramref name="encoderFolder"/>.</param>
    /// <param name="precision">In bf16 the linears' weights stay in 16 bits. 8-bit products are not made of a prompt: in int8 it is fp32.</param>
    /// <param name="options">Null for the usual ones.</param>
    /// <exception cref="CheckpointException">They cannot be read, or do not fit together.</exception>
    public PublishedPromptEncoder(
        KernelSet kernels, string encoderFolder, string tokenizerFolder, Checkpoint checkpoint, Precision precision = Precision.Fp32, PublishedPromptOptions? options = null)
    {
        options ??= new PublishedPromptOptions();
        options.Validate();
        motionScore = options.MotionScore;
        Cache = new EmbeddingCache(options.KeptPrompts);
        tokenizer = BpeTokenizer.Open(tokenizerFolder);
        var config = Gemma2Config.Read(Path.Combine(encoderFolder, "config.json"));
        if (tokenizer.VocabularySize > config.VocabularySize)
            throw new CheckpointException($"The tokenizer in {tokenizerFolder} has {tokenizer.VocabularySize} tokens, the text encoder in {encoderFolder} {config.VocabularySize}: they belong to different models.");
        if (tokenizer.Beginning.Count == 0)
            throw new CheckpointException($"The tokenizer in {tokenizerFolder} begins texts with no token; Gemma's begins them with <bos>.");
        instruction = tokenizer.Encode(PublishedPrompts.Instruction);
        encoder = new Gemma2Encoder(kernels, config, checkpoint, precision);
        Controls = [new ModelControl { Name = Motion, Attribute = Motion, Type = ControlType.Number, Minimum = 1, Maximum = MostMotion, Default = motionScore }];
    }

    public PromptSemantics Semantics => PromptSemantics.Replace;

    public string DefaultPrompt => Suggestions[0];

    public IReadOnlyList<string> Suggestions { get; } =
    [
        "A lighthouse on a green headland at sunset. Long waves roll in and break into white foam on the rocks, gulls drift through warm light, and the camera glides slowly along the coast.",
        "A red tram crosses a wet old town at night. Neon signs shimmer in the cobblestones, people hurry by under umbrellas, and the camera follows the tram around a bend.",
        "A fox trots through a snowy birch forest in the early morning. Powder falls from the branches, its breath steams in the cold, and the camera stays low beside it.",
    ];

    /// <summary>Empty: any words.</summary>
    public IReadOnlyList<VocabularyAttribute> Vocabulary => [];

    public IReadOnlyList<ModelControl> Controls { get; }

    /// <summary>Columns of an embedding.</summary>
    public int Channels => encoder.Config.Hidden;

    /// <summary>Embeddings that are kept.</summary>
    public EmbeddingCache Cache { get; }

    /// <summary>
    /// Reads a prompt, which is the whole description: nothing of <paramref name="previous"/> stays but what was set by a control. Controls
    /// without words are about the words in force.
    /// </summary>
    /// <exception cref="ArgumentException">The text has more than <see cref="MaxCharacters"/> characters.</exception>
    public Prompt Read(Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls = null)
    {
        var words = PublishedPrompts.Stripped(text ?? previous?.Meaning ?? DefaultPrompt);
        var set = controls is not null && controls.TryGetValue(Motion, out var asked) ? asked.Number : null;
        var before = previous is not null && previous.Controls.TryGetValue(Motion, out var kept) ? kept.Number : null;
        var motion = (int)Math.Round(Math.Clamp(set ?? before ?? motionScore, 1, MostMotion));
        var embedding = Embed(PublishedPrompts.Instruction + words + PublishedPrompts.MotionSuffix(motion), words.Length, instruction.Length);
        string[] understood = set is null ? [] : [PublishedPrompts.MotionSuffix(motion).Trim(' ', '.')];
        return new Prompt(text ?? string.Join(", ", understood), words, understood, Unread(words, embedding.Read - PublishedPrompts.Instruction.Length), embedding.Values, embedding.Tokens)
        {
            Controls = new Dictionary<string, ControlValue> { [Motion] = motion },
        };
    }

    /// <summary>Reads what a model is guided away from: without instruction and motion score.</summary>
    /// <param name="text">May be empty.</param>
    /// <inheritdoc cref="Read"/>
    public Prompt ReadNegative(string text)
    {
        var embedding = Embed(text, text.Length, 0);
        return new Prompt(text, text, [], Unread(text, embedding.Read), embedding.Values, embedding.Tokens);
    }

    /// <summary>
    /// Nothing lies between two descriptions: whatever the blend's length, the new one is in force from its first block on, as the reference
    /// switches prompts, and the model makes the transition. So prompts of different lengths never meet.
    /// </summary>
    public Prompt Blend(Prompt from, Prompt to, float weight) => weight <= 0 ? from : to;

    public void Dispose()
    {
        prefix?.Dispose();
        encoder.Dispose();
    }

    private ReadEmbedding Embed(string whole, int asked, int instructionTokens)
    {
        if (asked > MaxCharacters)
            throw new ArgumentException($"The prompt has {asked} characters; at most {MaxCharacters} are read.");
        return Cache.Get($"{instructionTokens} {whole}", () => Compute(whole, instructionTokens));
    }

    private ReadEmbedding Compute(string whole, int instructionTokens)
    {
        var tokens = tokenizer.Encode(whole);
        var (read, firstSeen) = PublishedPrompts.Select(tokens.Length, instructionTokens);
        var seen = tokens.AsSpan(0, read);
        var characters = read == tokens.Length ? whole.Length : tokenizer.Decode(seen).Length;

        // The instruction is most of the work and the same for all: it is read once.
        if (instructionTokens > 0)
            prefix ??= encoder.ReadPrefix(instruction.AsSpan(0, firstSeen));
        float[] values = instructionTokens > 0 && prefix!.Begins(seen)
            ? [.. prefix.Hidden.Span[..Channels], .. encoder.Encode(seen, prefix)]
            : Keep(encoder.Encode(seen), firstSeen);
        return new ReadEmbedding(values, values.Length / Channels, characters);
    }

    private float[] Keep(float[] hidden, int firstSeen) =>
        [.. hidden.AsSpan(0, Channels), .. hidden.AsSpan(Math.Min(firstSeen * Channels, hidden.Length))];

    /// <summary>The words behind the last one that was read to its end: nobody may think that they were understood.</summary>
    private static string[] Unread(string text, int read)
    {
        if (read >= text.Length)
            return [];
        var from = Math.Max(read, 0);
        while (from > 0 && !char.IsWhiteSpace(text[from - 1]))
            from--;
        return [.. text[from..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
    }
}
