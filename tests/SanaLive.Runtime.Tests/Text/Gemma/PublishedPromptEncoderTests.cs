using System.Security.Cryptography;
using System.Text;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Text.Gemma;
using SanaLive.Runtime.Text.Tokenizers;
using SanaLive.Runtime.Tests.Text.Tokenizers;

namespace SanaLive.Runtime.Tests.Text.Gemma;

public sealed class PublishedPromptEncoderTests : IDisposable
{
    private const int Channels = 24;
    private readonly TemporaryFolder folder = new();
    private readonly CpuKernelSet kernels = new(2);
    private readonly BpeTokenizer tokenizer = BpeTokenizer.Open(TokenizerFixture.Folder);

    public PublishedPromptEncoderTests() => TestGemma.Write(folder.Path, TestGemma.Config(vocabulary: 800));

    [Fact]
    public void Instruction_IsThatOfTheReference_ToTheCharacter()
    {
        Assert.Equal(8, PublishedPrompts.Instruction.Split('\n').Length);
        Assert.Equal(
            "62b9ab89eebb0ac5ee4d264bf96bf19d2b81f504bc3852500efeaf5a34d638b1",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(PublishedPrompts.Instruction))));
    }

    [Theory]
    [InlineData("a small boat on the moon")]
    [InlineData("  A lighthouse above the sea \n")]
    [InlineData("🦊🦊 夜の森を歩く小さな灯り。 Вечером")]
    [InlineData("\n\n\n and then")]
    [InlineData("")]
    [InlineData("<bos><eos> <start_of_turn>user")]
    public void Read_APrompt_SeesTheTokensOfTheReference(string text)
    {
        using var prompts = Open();
        var prompt = prompts.Read(null, text);
        var whole = PublishedPrompts.Instruction + text.Trim() + " motion score: 30.";
        Assert.Equal(Reference(whole, PublishedPrompts.Instruction), prompt.Embedding.ToArray());
        Assert.Equal(prompt.Embedding.Length, prompt.Tokens * Channels);
        Assert.Empty(prompt.NotUnderstood);
        Assert.Equal(text.Trim(), prompt.Meaning);
        Assert.Equal(text, prompt.Text);
    }

    [Fact]
    public void Read_APromptThatIsTooLong_IsCutAsTheReferenceCutsIt_AndSaysWhatIsNotRead()
    {
        using var prompts = Open();
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(number => $"boat{number}"));
        var prompt = prompts.Read(null, text);
        Assert.Equal(PublishedPrompts.Tokens, prompt.Tokens);
        Assert.Equal(Reference(PublishedPrompts.Instruction + text + " motion score: 30.", PublishedPrompts.Instruction), prompt.Embedding.ToArray());
        Assert.Equal("boat199", prompt.NotUnderstood[^1]);
        Assert.DoesNotContain("boat0", prompt.NotUnderstood);
        Assert.InRange(prompt.NotUnderstood.Count, 1, 199);

        // What comes after the cut changes nothing, but for the sentence about it.
        Assert.Equal(prompt.Embedding.ToArray(), prompts.Read(null, text + " and a bridge").Embedding.ToArray());
    }

    [Fact]
    public void Read_APromptThatReachesIntoTheInstructionsLastTokens_StillSeesThoseOfTheReference()
    {
        // ':' and a space are merged with a letter that follows them: the instruction ends in other tokens than alone.
        var other = folder.File("tokenizer");
        Directory.CreateDirectory(other);
        var file = new ModelFile();
        file.Pieces.AddRange([(":", -5, 1), ("▁a", -0.1f, 1), (":▁a", -0.2f, 1)]);
        File.WriteAllBytes(Path.Combine(other, "tokenizer.model"), file.Write());
        using var prompts = Open(tokenizerFolder: other);
        var alone = BpeTokenizer.Open(other).Encode(PublishedPrompts.Instruction);
        Assert.NotEqual(alone[..^1], BpeTokenizer.Open(other).Encode(PublishedPrompts.Instruction + "a")[..(alone.Length - 1)]);
        Assert.Equal(
            Reference(PublishedPrompts.Instruction + "ab motion score: 30.", PublishedPrompts.Instruction, BpeTokenizer.Open(other)),
            prompts.Read(null, "ab").Embedding.ToArray());
    }

    [Fact]
    public void ReadNegative_HasNoInstructionAndNoMotionScore()
    {
        using var prompts = Open();
        var negative = prompts.ReadNegative(PublishedPrompts.Negative);
        Assert.Equal(Reference(PublishedPrompts.Negative, null), negative.Embedding.ToArray());
        Assert.Equal(1, prompts.ReadNegative(string.Empty).Tokens);
        var twice = prompts.ReadNegative(PublishedPrompts.Negative + " " + PublishedPrompts.Negative);
        Assert.Equal(PublishedPrompts.Tokens, twice.Tokens);
        Assert.Equal("experience.", twice.NotUnderstood[^1]);
    }

    [Fact]
    public void Read_TheMotionScore_IsSaidBehindThePromptAndStaysUntilAnother()
    {
        using var prompts = Open(new PublishedPromptOptions { MotionScore = 10 });
        var slow = prompts.Read(null, "a small boat");
        Assert.Equal(10, slow.Controls["motion"]);
        Assert.Equal(Reference(PublishedPrompts.Instruction + "a small boat motion score: 10.", PublishedPrompts.Instruction), slow.Embedding.ToArray());

        var fast = prompts.Read(slow, null, new Dictionary<string, ControlValue> { ["motion"] = 29.6 });
        Assert.Equal(("a small boat", "motion score: 30"), (fast.Meaning, Assert.Single(fast.Understood)));
        Assert.Equal(Reference(PublishedPrompts.Instruction + "a small boat motion score: 30.", PublishedPrompts.Instruction), fast.Embedding.ToArray());

        var next = prompts.Read(fast, "a red kite");
        Assert.Equal(30, next.Controls["motion"]);
        Assert.DoesNotContain("boat", next.Meaning, StringComparison.Ordinal);
        Assert.Equal("The control 'motion' is a number from 1 to 30, not 31.", Assert.Single(prompts.Controls).ProblemWith(31));
    }

    [Fact]
    public void Read_WithoutWords_ReadsTheDefault()
    {
        using var prompts = Open();
        Assert.Equal(prompts.DefaultPrompt, prompts.Read(null, null).Meaning);
        Assert.Equal((PromptSemantics.Replace, 0, Channels), (prompts.Semantics, prompts.Vocabulary.Count, prompts.Channels));
    }

    [Fact]
    public void Read_TheSamePromptAgain_TakesItFromTheCache()
    {
        using var prompts = Open(new PublishedPromptOptions { KeptPrompts = 2 });
        var first = prompts.Read(null, "one");
        Assert.Equal(first.Embedding, prompts.Read(null, " one ").Embedding);
        Assert.Equal((1, 1, 1), (prompts.Cache.Count, prompts.Cache.Hits, prompts.Cache.Misses));

        // A negative prompt of the same words is another text.
        Assert.NotEqual(first.Tokens, prompts.ReadNegative("one").Tokens);
        prompts.Read(null, "one");
        prompts.Read(null, "two");
        Assert.Equal((2, 2, 3), (prompts.Cache.Count, prompts.Cache.Hits, prompts.Cache.Misses));

        // The negative one was used longest ago and has gone; what is read again is the same to the bit.
        prompts.Read(null, "one");
        prompts.ReadNegative("one");
        Assert.Equal((2, 3, 4), (prompts.Cache.Count, prompts.Cache.Hits, prompts.Cache.Misses));
        prompts.Read(null, "two");
        Assert.Equal(first.Embedding.ToArray(), prompts.Read(null, "one").Embedding.ToArray());
    }

    [Fact]
    public void Read_WithNothingKept_ReadsEveryTime()
    {
        using var prompts = Open(new PublishedPromptOptions { KeptPrompts = 0 });
        Assert.Equal(prompts.Read(null, "one").Embedding.ToArray(), prompts.Read(null, "one").Embedding.ToArray());
        Assert.Equal((0, 0, 2), (prompts.Cache.Count, prompts.Cache.Hits, prompts.Cache.Misses));
    }

    [Fact]
    public void Blend_OfPromptsOfDifferentLengths_IsTheNewOneFromTheFirstBlockOn()
    {
        using var prompts = Open();
        var (from, to) = (prompts.Read(null, "one"), prompts.Read(null, "a lighthouse above the quiet sea"));
        Assert.NotEqual(from.Tokens, to.Tokens);
        Assert.Same(from, prompts.Blend(from, to, 0));
        foreach (var weight in new[] { 1f / 65, 0.5f, 1 })
            Assert.Same(to, prompts.Blend(from, to, weight));
    }

    [Fact]
    public void Read_HostileTexts_AreBoundedAndNeverFail()
    {
        using var prompts = Open();
        foreach (var text in new[] { "\ud83e", "\0\0\0", new string(' ', 1000), new string('\u0301', 1000), new string('a', PublishedPromptEncoder.MaxCharacters), string.Concat(Enumerable.Repeat("\ud800🦊", 4000)) })
        {
            var prompt = prompts.Read(null, text);
            Assert.InRange(prompt.Tokens, 2, PublishedPrompts.Tokens);
            Assert.All(prompt.Embedding.ToArray(), value => Assert.True(float.IsFinite(value)));
        }

        Assert.Contains("20000", Assert.Throws<ArgumentException>(() => prompts.Read(null, new string('a', PublishedPromptEncoder.MaxCharacters + 1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => prompts.ReadNegative(new string('a', PublishedPromptEncoder.MaxCharacters + 1)));
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(31, 32)]
    [InlineData(30, -1)]
    [InlineData(30, 1025)]
    public void Open_OptionsOutOfRange_AreRefused(int motion, int kept) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(new PublishedPromptOptions { MotionScore = motion, KeptPrompts = kept }));

    [Fact]
    public void Open_ATokenizerOfAnotherModel_IsRefused()
    {
        TestGemma.Write(folder.File("small"), TestGemma.Config(vocabulary: 64));
        using var checkpoint = Checkpoint.Open(folder.File("small"));
        var error = Assert.Throws<CheckpointException>(() => new PublishedPromptEncoder(kernels, folder.File("small"), TokenizerFixture.Folder, checkpoint));
        Assert.Contains("belong to different models", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        kernels.Dispose();
        folder.Dispose();
    }

    private PublishedPromptEncoder Open(PublishedPromptOptions? options = null, string? tokenizerFolder = null)
    {
        using var checkpoint = Checkpoint.Open(folder.Path);
        return new PublishedPromptEncoder(kernels, folder.Path, tokenizerFolder ?? TokenizerFixture.Folder, checkpoint, Precision.Fp32, options);
    }

    /// <summary>Word for word what the reference does: pad, encode all of it, select, and leave out what the mask leaves out.</summary>
    private float[] Reference(string whole, string? instruction, BpeTokenizer? with = null)
    {
        with ??= tokenizer;
        const int length = 300;
        var all = instruction is null ? length : with.Encode(instruction).Length + length - 2;
        var ids = with.Encode(whole).Take(all).ToArray();
        var mask = Enumerable.Range(0, all).Select(place => place < ids.Length).ToArray();
        int[] padded = [.. ids, .. new int[all - ids.Length]];
        using var gemma = TestGemma.Load(kernels, folder.Path);
        var hidden = gemma.Encode(padded);
        int[] select = [0, .. Enumerable.Range(all - length + 1, length - 1)];
        return [.. select.Where(place => mask[place]).SelectMany(place => hidden.AsSpan(place * Channels, Channels).ToArray())];
    }
}
