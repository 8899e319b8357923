using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>
/// Reads a <c>tokenizer.json</c> of Gemma's kind: byte pairs by ranks, replacements as the normaliser, tokens added. Its truncation and
/// padding are not read: whoever asks for tokens decides on both.
/// </summary>
internal static class HuggingFaceFile
{
    private const int MostTokens = 1 << 24;

    /// <exception cref="CheckpointException">It is damaged, or of a kind that this runtime does not have.</exception>
    public static TokenizerFacts Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(path, json.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static TokenizerFacts Read(string path, JsonElement json)
    {
        var model = json.Need("model");
        Refuse(path, model, "type", value => value.GetString() != "BPE");
        Refuse(path, model, "dropout", value => value.GetDouble() > 0);
        foreach (var name in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
            Refuse(path, model, name, value => value.GetString() != string.Empty);
        var replacements = Replacements(path, Given(json, "normalizer"));
        RequireNoWords(path, Given(json, "pre_tokenizer"), replacements);

        var ids = model.Need("vocab").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetInt32(), StringComparer.Ordinal);
        var added = Given(json, "added_tokens") is { } list ? list.EnumerateArray().Select(token => Added(path, token)).ToArray() : [];
        var pieces = Pieces(ids.Select(entry => (entry.Key, entry.Value)).Concat(added.Select(token => (token.Text, token.Id))));
        var bytes = Given(model, "byte_fallback") is { ValueKind: JsonValueKind.True };
        return new TokenizerFacts
        {
            Pieces = pieces,
            Ids = ids,
            Merges = Merges(model.Need("merges"), ids),
            RawAtoms = [.. added.Where(token => !token.Normalized).Select(token => (token.Text, token.Id))],
            NormalAtoms = [.. added.Where(token => token.Normalized).Select(token => (Replace(token.Text), token.Id))],
            Normalize = Replace,
            Bytes = bytes ? TokenizerFacts.ByteIds(text => ids.TryGetValue(text, out var id) ? id : null) : [],
            Unknown = Given(model, "unk_token")?.GetString() is { } unknown && ids.TryGetValue(unknown, out var own) ? own
                : throw new CheckpointException($"{path} has no token for characters that it does not know."),
            FuseUnknown = Given(model, "fuse_unk") is { ValueKind: JsonValueKind.True },
            WholeFirst = Given(model, "ignore_merges") is { ValueKind: JsonValueKind.True },
            Beginning = Beginning(path, Given(json, "post_processor"), ids, added),
            Silent = added.Where(token => token.Special).Select(token => token.Id).ToHashSet(),
        };

        string Replace(string text) => replacements.Aggregate(text, (changed, change) => changed.Replace(change.From, change.To, StringComparison.Ordinal));
    }

    private static (string Text, int Id, bool Normalized, bool Special) Added(string path, JsonElement token)
    {
        var text = token.Need("content").GetString()!;
        foreach (var name in new[] { "single_word", "lstrip", "rstrip" })
            Refuse(path, token, name, value => value.ValueKind == JsonValueKind.True);
        return (text, token.Need("id").GetInt32(), Given(token, "normalized") is { ValueKind: JsonValueKind.True }, Given(token, "special") is { ValueKind: JsonValueKind.True });
    }

    private static string[] Pieces(IEnumerable<(string Text, int Id)> known)
    {
        var all = known.ToArray();
        if (all.Length == 0 || all.Any(piece => piece.Id is < 0 or >= MostTokens))
            throw new FormatException($"its {all.Length} pieces have numbers outside of 0 to {MostTokens - 1}.");
        var pieces = new string?[all.Max(piece => piece.Id) + 1];
        foreach (var (text, id) in all)
        {
            if ((pieces[id] ??= text) != text)
                throw new FormatException($"number {id} is '{pieces[id]}' and '{text}'.");
        }

        return [.. pieces.Select(piece => piece ?? string.Empty)];
    }

    private static RankedMerges Merges(JsonElement list, Dictionary<string, int> ids)
    {
        var merges = new RankedMerges(list.GetArrayLength());
        var rank = 0;
        foreach (var pair in list.EnumerateArray())
        {
            var parts = pair.ValueKind == JsonValueKind.String ? pair.GetString()!.Split(' ') : [.. pair.EnumerateArray().Select(part => part.GetString()!)];
            if (parts.Length != 2 || !ids.TryGetValue(parts[0], out var left) || !ids.TryGetValue(parts[1], out var right) || !ids.TryGetValue(parts[0] + parts[1], out var both))
                throw new FormatException($"merge {rank} is {pair.GetRawText()}, which are not two pieces that make a third.");
            merges.Add(left, right, both, rank++);
        }

        return merges;
    }

    private static List<(string From, string To)> Replacements(string path, JsonElement? normalizer)
    {
        if (normalizer is not { } json)
            return [];
        var type = json.Need("type").GetString();
        if (type == "Sequence")
            return [.. json.Need("normalizers").EnumerateArray().SelectMany(part => Replacements(path, part))];
        if (type != "Replace" || Given(json.Need("pattern"), "String")?.GetString() is not { Length: > 0 } from)
            throw new CheckpointException($"{path} normalises text by {json.GetRawText()}; replacements of a string are known.");
        return [(from, json.Need("content").GetString()!)];
    }

    /// <summary>Gemma's file splits at spaces, of which its normaliser has left none.</summary>
    private static void RequireNoWords(string path, JsonElement? splitter, List<(string From, string To)> replacements)
    {
        if (splitter is not { } json)
            return;
        var at = json.Need("type").GetString() == "Split" ? Given(json.Need("pattern"), "String")?.GetString() : null;
        if (at is null || replacements.Count == 0 || replacements[^1].From != at || replacements[^1].To.Contains(at, StringComparison.Ordinal))
            throw new CheckpointException($"{path} splits text by {json.GetRawText()} before it reads it, which this runtime does not have.");
    }

    /// <summary>What the template puts before a text; without a template <c>&lt;bos&gt;</c>, which transformers' Gemma tokenizer adds itself.</summary>
    private static int[] Beginning(string path, JsonElement? processor, Dictionary<string, int> ids, (string Text, int Id, bool Normalized, bool Special)[] added)
    {
        if (processor is not { } json)
            return added.Where(token => token.Text == "<bos>").Select(token => token.Id).ToArray();
        if (json.Need("type").GetString() != "TemplateProcessing")
            throw new CheckpointException($"{path} finishes texts by {json.Need("type")}; TemplateProcessing is known.");
        var single = json.Need("single").EnumerateArray().ToArray();
        if (single.Length == 0 || !single[^1].TryGetProperty("Sequence", out _) || single[..^1].Any(part => !part.TryGetProperty("SpecialToken", out _)))
            throw new CheckpointException($"{path} finishes texts by {json.Need("single").GetRawText()}; tokens before a text are known, none behind it.");
        return [.. single[..^1].Select(part => part.GetProperty("SpecialToken").Need("id").GetString()!).Select(Id)];

        int Id(string text) => added.FirstOrDefault(token => token.Text == text) is { Text: not null } token ? token.Id
            : ids.TryGetValue(text, out var id) ? id : throw new FormatException($"texts begin with {text}, which is no token.");
    }

    private static JsonElement? Given(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Refuse(string path, JsonElement json, string name, Func<JsonElement, bool> unknown)
    {
        if (Given(json, name) is { } value && unknown(value))
            throw new CheckpointException($"{path} has {name} = {value}, which this runtime does not have.");
    }
}
