using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Text.Tokenizers;

namespace SanaLive.Runtime.Tests.Text.Tokenizers;

public sealed class BpeTokenizerTests
{
    /// <summary>Spelled out by SentencePiece, found by transformers' tokenizers: see <see cref="SentencePieceFile"/>.</summary>
    private static readonly string[] Control = ["<pad>", "<eos>", "<bos>", "<unk>"];

    /// <summary>Spaces beside the character that stands for a space: the one text of which the two libraries make different runs.</summary>
    private const string MixedSpaces = "  ▁▁  ";

    private static readonly BpeTokenizer FromJson = BpeTokenizer.OpenJson(TokenizerFixture.Json);
    private static readonly BpeTokenizer FromModel = BpeTokenizer.OpenModel(TokenizerFixture.Model);

    public static TheoryData<int> Texts() => [.. Enumerable.Range(0, TokenizerFixture.Cases.Count)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Encode_FromTokenizerJson_GivesTheIdsOfHuggingFace(int number)
    {
        var (text, _, expected) = TokenizerFixture.Cases[number];
        Assert.Equal(expected, FromJson.Encode(text));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Encode_FromTokenizerModel_GivesTheIdsOfSentencePiece(int number)
    {
        var (text, sentencePiece, huggingFace) = TokenizerFixture.Cases[number];
        Assert.Equal(Control.Any(text.Contains) ? huggingFace : sentencePiece, FromModel.Encode(text));
    }

    [Fact]
    public void Encode_FromEitherFile_GivesTheSameIds()
    {
        foreach (var (text, _, _) in TokenizerFixture.Cases.Where(line => line.Text != MixedSpaces))
            Assert.Equal(FromJson.Encode(text), FromModel.Encode(text));
        Assert.NotEqual(FromJson.Encode(MixedSpaces), FromModel.Encode(MixedSpaces));
    }

    [Fact]
    public void Decode_OfWhatWasEncoded_IsTheText()
    {
        foreach (var (text, _, _) in TokenizerFixture.Cases.Where(line => !Control.Any(line.Text.Contains)))
        {
            Assert.Equal(text.Replace('▁', ' '), FromJson.Decode(FromJson.Encode(text)));
            Assert.Equal(text.Replace('▁', ' '), FromModel.Decode(FromModel.Encode(text)));
        }
    }

    [Fact]
    public void Encode_LoneSurrogates_ReadAsReplacementCharacters()
    {
        // Not inline data: attributes are kept in UTF-8, which has no lone surrogates.
        foreach (var (text, same) in new[] { ("\ud83e", "\ufffd"), ("\udd8a", "\ufffd"), ("a\ud83e b\udd8a\ud83e", "a\ufffd b\ufffd\ufffd") })
        {
            Assert.Equal(FromJson.Encode(same), FromJson.Encode(text));
            Assert.Equal(FromModel.Encode(same), FromModel.Encode(text));
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("the ")]
    [InlineData("🦊")]
    [InlineData("夜の森")]
    [InlineData("<bos")]
    public void Encode_TheLongestText_SaysItAgain(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, BpeTokenizer.MaxCharacters / part.Length));
        Assert.Equal(text, FromJson.Decode(FromJson.Encode(text)));
        Assert.Equal(FromJson.Encode(text), FromModel.Encode(text));
    }

    [Fact]
    public void Encode_ALongerText_IsRefused() =>
        Assert.Contains("65536", Assert.Throws<ArgumentException>(() => FromJson.Encode(new string('a', BpeTokenizer.MaxCharacters + 1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Decode_TokenThatIsNone_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FromJson.Decode([-1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FromJson.Decode([FromJson.VocabularySize]));
    }

    [Fact]
    public void Open_AFolder_ReadsTheFileThatIsThere()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("no tokenizer.json and no tokenizer.model", Assert.Throws<CheckpointException>(() => BpeTokenizer.Open(folder.Path)).Message, StringComparison.Ordinal);

        File.Copy(TokenizerFixture.Model, folder.File("tokenizer.model"));
        Assert.NotEqual(FromJson.Encode(MixedSpaces), BpeTokenizer.Open(folder.Path).Encode(MixedSpaces));

        File.Copy(TokenizerFixture.Json, folder.File("tokenizer.json"));
        Assert.Equal(FromJson.Encode(MixedSpaces), BpeTokenizer.Open(folder.Path).Encode(MixedSpaces));
    }
}
