using System.Text.Json.Nodes;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Text.Tokenizers;

namespace SanaLive.Runtime.Tests.Text.Tokenizers;

public sealed class TokenizerFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("model.type", "\"Unigram\"", "Unigram")]
    [InlineData("model.dropout", "0.1", "dropout")]
    [InlineData("model.continuing_subword_prefix", "\"##\"", "##")]
    [InlineData("model.merges", "[\"a nothing\"]", "merge 0")]
    [InlineData("model.merges", "[\"abc\"]", "merge 0")]
    [InlineData("model.merges", "{}", "cannot be read")]
    [InlineData("model.vocab", "{}", "pieces")]
    [InlineData("model.vocab", "{\"a\": -1}", "numbers outside")]
    [InlineData("model.vocab", "{\"a\": 2000000000}", "numbers outside")]
    [InlineData("model.vocab", "{\"a\": 7, \"b\": 7}", "number 7 is")]
    [InlineData("model.vocab", "{\"a\": \"b\"}", "cannot be read")]
    [InlineData("model", "null", "cannot be read")]
    [InlineData("normalizer", "{\"type\": \"NFKC\"}", "NFKC")]
    [InlineData("normalizer", "{\"type\": \"Replace\", \"pattern\": {\"Regex\": \"x+\"}, \"content\": \"\"}", "Regex")]
    [InlineData("pre_tokenizer", "{\"type\": \"ByteLevel\"}", "ByteLevel")]
    [InlineData("pre_tokenizer", "{\"type\": \"Split\", \"pattern\": {\"String\": \"e\"}, \"behavior\": \"Isolated\"}", "splits text")]
    [InlineData("post_processor", "{\"type\": \"ByteLevel\"}", "ByteLevel")]
    [InlineData("post_processor", "{\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<gone>\"}}, {\"Sequence\": {}}]}", "<gone>")]
    [InlineData("post_processor", "{\"type\": \"TemplateProcessing\", \"single\": [{\"Sequence\": {}}, {\"SpecialToken\": {\"id\": \"<eos>\"}}]}", "none behind it")]
    [InlineData("added_tokens", "[{\"id\": 0, \"content\": \"<pad>\", \"lstrip\": true}]", "lstrip")]
    [InlineData("added_tokens", "[{\"content\": \"<pad>\"}]", "'id' is missing")]
    public void Json_OfAnUnknownKind_IsRefused(string path, string value, string expected)
    {
        var json = JsonNode.Parse(File.ReadAllText(TokenizerFixture.Json))!;
        var parts = path.Split('.');
        var parent = parts.Length == 1 ? json : json[parts[0]]!;
        parent[parts[^1]] = JsonNode.Parse(value);
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        var error = Assert.Throws<CheckpointException>(() => BpeTokenizer.Open(folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_WithPairsAsArraysAndWithoutATemplate_ReadsTheSame()
    {
        var json = JsonNode.Parse(File.ReadAllText(TokenizerFixture.Json))!;
        json["model"]!["merges"] = new JsonArray([.. json["model"]!["merges"]!.AsArray().Select(
            pair => new JsonArray([.. pair!.GetValue<string>().Split(' ').Select(part => JsonValue.Create(part))]))]);
        json["post_processor"] = null;
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        var tokenizer = BpeTokenizer.Open(folder.Path);
        foreach (var (text, _, expected) in TokenizerFixture.Cases)
            Assert.Equal(expected, tokenizer.Encode(text));
    }

    [Fact]
    public void Json_WithABytePieceMissing_HasTheUnknownTokenForCharactersThatNeedIt()
    {
        var json = JsonNode.Parse(File.ReadAllText(TokenizerFixture.Json))!;
        json["model"]!["vocab"]!.AsObject().Remove("<0x9F>");
        File.WriteAllText(folder.File("tokenizer.json"), json.ToJsonString());
        var tokenizer = BpeTokenizer.Open(folder.Path);
        Assert.Equal([2, 3], tokenizer.Encode("🦊🦊"));
        Assert.Equal(BpeTokenizer.OpenJson(TokenizerFixture.Json).Encode("𐍈"), tokenizer.Encode("𐍈"));
    }

    [Fact]
    public void Model_SmallAndGood_MergesTheBestScoreFirst()
    {
        var file = new ModelFile();
        file.Pieces.Add(("ba", -1.5f, 1));
        Assert.Equal([1, 2, 6, 5, 4], Open(file).Encode("aba ab"));

        // A character without a piece and without bytes; several of them are one.
        Assert.Equal([1, 2, 0, 3], Open(file).Encode("aééb"));
        Assert.Equal([2], Open(new ModelFile { Beginning = -1 }).Encode("a"));
    }

    [Fact]
    public void Model_OfAnUnknownKind_IsRefused()
    {
        Refused("type 1", new ModelFile { Type = 1 });
        Refused("a space put before it: True", new ModelFile { Prefix = true });
        Refused("spaces removed: True", new ModelFile { Squeezed = true });
        Refused("spaces escaped: False", new ModelFile { Escaped = false });
        Refused("characters mapped: True", new ModelFile { Map = [1, 2, 3] });
        Refused("behind words", new ModelFile { Suffix = true });
        Refused("<0x00>", new ModelFile { FallsBack = true });
        Refused("begins texts with number 6", new ModelFile { Beginning = 6 });
        Refused("no unknown piece", With("x", 0, 1, clear: true));
        Refused("are the same, 'a'", With("a", 0, 1));
        Refused("kind Unused", With("x", 0, 5));
        Refused("kind 77", With("x", 0, 77));
        Refused("score NaN", With("x", float.NaN, 1));

        void Refused(string expected, ModelFile file) =>
            Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Open(file)).Message, StringComparison.Ordinal);

        static ModelFile With(string text, float score, int kind, bool clear = false)
        {
            var file = new ModelFile();
            if (clear)
                file.Pieces.Clear();
            file.Pieces.Add((text, score, kind));
            if (clear)
                file.Pieces.Add(("y", 0, 1));
            return file;
        }
    }

    [Fact]
    public void Model_CutAnywhere_IsRefused()
    {
        var whole = new ModelFile().Write();
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.File("tokenizer.model"), whole[..length]);
            Assert.Throws<CheckpointException>(() => BpeTokenizer.Open(folder.Path));
        }
    }

    [Fact]
    public void Files_WithGarbageInThem_AreReadOrRefused()
    {
        var random = new Random(3);
        foreach (var good in new[] { TokenizerFixture.Json, TokenizerFixture.Model })
        {
            var refused = 0;
            for (var i = 0; i < 150; i++)
            {
                var bytes = File.ReadAllBytes(good);
                for (var change = 0; change < 3; change++)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                var path = folder.File(Path.GetFileName(good));
                File.WriteAllBytes(path, bytes);
                try
                {
                    Read(path).Encode("A lighthouse above the sea");
                }
                catch (CheckpointException)
                {
                    refused++;
                }
            }

            Assert.InRange(refused, 1, 150);
        }

        foreach (var nothing in new byte[][] { [], [0], [0xff, 0xff, 0xff], "not a tokenizer"u8.ToArray(), new byte[100], [.. Enumerable.Repeat((byte)0xff, 1000)] })
        {
            foreach (var name in new[] { "tokenizer.json", "tokenizer.model" })
            {
                File.WriteAllBytes(folder.File(name), nothing);
                Assert.Throws<CheckpointException>(() => Read(folder.File(name)));
            }
        }

        static BpeTokenizer Read(string path) => path.EndsWith(".json", StringComparison.Ordinal) ? BpeTokenizer.OpenJson(path) : BpeTokenizer.OpenModel(path);
    }

    public void Dispose() => folder.Dispose();

    private BpeTokenizer Open(ModelFile file)
    {
        File.WriteAllBytes(folder.File("tokenizer.model"), file.Write());
        return BpeTokenizer.Open(folder.Path);
    }
}
