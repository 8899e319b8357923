using System.Text.Json.Nodes;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Tests.Text.Gemma;

public sealed class Gemma2EncoderTests : IDisposable
{
    private static readonly int[] Text = [2, 9, 17, 33, 5, 61, 8, 8, 40, 12, 3];
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Encode_WithPaddingBehindTheText_GivesTheTextsRowsToTheBit()
    {
        using var kernels = new CpuKernelSet(2);
        TestGemma.Write(folder.Path);
        using var model = TestGemma.Load(kernels, folder.Path);
        var alone = model.Encode(Text);
        Assert.Equal(alone, model.Encode([.. Text, .. new int[50]]).Take(alone.Length));
    }

    [Fact]
    public void Encode_AfterAPrefix_GivesTheSameBits()
    {
        using var kernels = new CpuKernelSet(2);
        TestGemma.Write(folder.Path);
        using var model = TestGemma.Load(kernels, folder.Path);
        var text = Enumerable.Range(0, 150).Select(i => (i * 7) % 64).ToArray();
        var whole = model.Encode(text);
        foreach (var kept in new[] { 1, 31, 64, 149 })
        {
            using var prefix = model.ReadPrefix(text.AsSpan(0, kept));
            Assert.Equal(whole[..(kept * 24)], prefix.Hidden.ToArray());
            Assert.Equal(whole[(kept * 24)..], model.Encode(text, prefix));
        }
    }

    [Fact]
    public void Encode_TextThatBeginsOtherwise_IsRefused()
    {
        using var kernels = new ScalarKernelSet<float>();
        TestGemma.Write(folder.Path);
        using var model = TestGemma.Load(kernels, folder.Path);
        using var prefix = model.ReadPrefix(Text.AsSpan(0, 3));
        Assert.Throws<ArgumentException>(() => model.Encode([2, 9, 18, 33], prefix));
        Assert.Throws<ArgumentException>(() => model.Encode([2, 9, 17], prefix));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Encode_TokenOutsideTheVocabulary_IsRefused(int token)
    {
        using var kernels = new ScalarKernelSet<float>();
        TestGemma.Write(folder.Path);
        using var model = TestGemma.Load(kernels, folder.Path);
        Assert.Contains("another model's", Assert.Throws<ArgumentException>(() => model.Encode([2, token])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Encode([]));
    }

    [Fact]
    public void Load_NamesOfACausalLanguageModel_AreFound()
    {
        using var kernels = new ScalarKernelSet<float>();
        TestGemma.Write(folder.File("a"));
        TestGemma.Write(folder.File("b"), prefix: "model.");
        using var plain = TestGemma.Load(kernels, folder.File("a"));
        using var prefixed = TestGemma.Load(kernels, folder.File("b"));
        Assert.Equal(plain.Encode(Text), prefixed.Encode(Text));
    }

    [Fact]
    public void Encode_WithWeightsKeptIn16Bits_GivesTheSameBits()
    {
        using var kernels = new CpuKernelSet(2);
        TestGemma.Write(folder.Path, mantissaBits: 7);
        using var wide = TestGemma.Load(kernels, folder.Path);
        using var narrow = TestGemma.Load(kernels, folder.Path, Precision.Bf16);
        Assert.Equal(wide.Encode(Text), narrow.Encode(Text));
    }

    [Theory]
    [InlineData("attn_logit_softcapping", "null")]
    [InlineData("sliding_window", "2")]
    [InlineData("query_pre_attn_scalar", "40")]
    [InlineData("attention_bias", "true")]
    [InlineData("rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 20.0}")]
    [InlineData("layer_types", "[\"full_attention\", \"full_attention\"]")]
    public void Config_EveryChange_ChangesTheNumbers(string key, string value)
    {
        using var kernels = new ScalarKernelSet<double>();
        TestGemma.Write(folder.File("a"));
        var changed = TestGemma.Config();
        changed[key] = JsonNode.Parse(value);
        TestGemma.Write(folder.File("b"), changed);
        using var usual = TestGemma.Load(kernels, folder.File("a"));
        using var other = TestGemma.Load(kernels, folder.File("b"));
        Assert.NotEqual(usual.Encode(Text), other.Encode(Text));
    }

    [Theory]
    [InlineData("model_type", "\"llama\"", "type 'llama'")]
    [InlineData("hidden_activation", "\"relu\"", "relu")]
    [InlineData("rope_scaling", "{\"rope_type\": \"yarn\"}", "yarn")]
    [InlineData("rope_parameters", "{\"rope_type\": \"linear\", \"factor\": 8}", "linear")]
    [InlineData("layer_types", "[\"full_attention\"]", "2 layers")]
    [InlineData("layer_types", "[\"full_attention\", \"chunked_attention\"]", "chunked_attention")]
    [InlineData("num_key_value_heads", "3", "impossible")]
    [InlineData("head_dim", "7", "impossible")]
    [InlineData("num_hidden_layers", "-1", "impossible")]
    [InlineData("hidden_size", "\"wide\"", "cannot be read")]
    public void Config_OfAnUnknownKind_IsRefused(string key, string value, string expected)
    {
        var json = TestGemma.Config();
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(folder.File("config.json"), json.ToJsonString());
        var error = Assert.Throws<CheckpointException>(() => Gemma2Config.Read(folder.File("config.json")));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightsOfAnotherShape_AreRefusedByName()
    {
        using var kernels = new ScalarKernelSet<float>();
        TestGemma.Write(folder.Path);
        var other = TestGemma.Config();
        other["intermediate_size"] = 41;
        File.WriteAllText(folder.File("config.json"), other.ToJsonString());
        var error = Assert.Throws<CheckpointException>(() => TestGemma.Load(kernels, folder.Path));
        Assert.Contains("layers.0.mlp.gate_proj.weight", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
