using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Take_WrongShape_NamesTensorAndBothShapes()
    {
        WriteOne("model.safetensors", "w", [2, 3]);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Take("w", 3, 2));
        Assert.Contains("w in", error.Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_Missing_NamesTensorAndShape()
    {
        WriteOne("model.safetensors", "w", [2]);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Take("v", 5));
        Assert.Contains("no tensor v", error.Message, StringComparison.Ordinal);
        Assert.Contains("[5]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_Surplus_NamesTensorAndShape()
    {
        WriteOne("model.safetensors", "left.over", [4]);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var error = Assert.Throws<CheckpointException>(checkpoint.Finish);
        Assert.Contains("left.over", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ShardedIndex_ReadsAllShards()
    {
        WriteOne("model-00001-of-00002.safetensors", "a", [2]);
        WriteOne("model-00002-of-00002.safetensors", "b", [3]);
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"metadata":{},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}""");
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(2, checkpoint.Take("a", 2).Length);
        Assert.Equal(3, checkpoint.Take("b", 3).Length);
        checkpoint.Finish();
    }

    [Theory]
    [InlineData("places b in", """{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}""")]
    [InlineData("There is no checkpoint file", """{"weight_map":{"a":"one.safetensors","b":"gone.safetensors"}}""")]
    [InlineData("../one.safetensors", """{"weight_map":{"a":"../one.safetensors"}}""")]
    [InlineData("but not in", """{"weight_map":{}}""", true)]
    [InlineData("cannot be read", """{"weights":{}}""")]
    public void Open_IndexThatDoesNotFit_IsRefused(string expected, string index, bool namesNothing = false)
    {
        WriteOne("one.safetensors", "a", [1]);
        if (namesNothing)
        {
            WriteTwo("one.safetensors");
            index = """{"weight_map":{"a":"one.safetensors"}}""";
        }

        File.WriteAllText(folder.File("model.safetensors.index.json"), index);
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transformer_TensorOfAnotherModel_IsRefused()
    {
        TestTransformer.Write(folder.Path);
        var config = TransformerConfig.Read(folder.File("config.json")) with { Layers = 1 };
        using var checkpoint = Checkpoint.Open(folder.Path);
        var error = Assert.Throws<CheckpointException>(() => new SanaVideoTransformer(new ScalarKernelSet<float>(), config, checkpoint));
        Assert.Contains("transformer_blocks.1.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"attention_bias\": true")]
    [InlineData("\"qk_norm\": \"layer_norm\"")]
    [InlineData("\"patch_size\": [2, 2, 2]")]
    public void Config_OfAnUnknownKind_IsRefused(string change)
    {
        TestTransformer.Write(folder.Path);
        var text = File.ReadAllText(folder.File("config.json")).Replace("\"patch_size\":[1,1,1]", "\"patch_size\":[1,1,1]," + change, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), text);
        Assert.Throws<CheckpointException>(() => TransformerConfig.Read(folder.File("config.json")));
    }

    [Theory]
    [InlineData("SanaVideoTransformer3DModel", 1e-15f, 1e-5f)]
    [InlineData("LongSanaVideoTransformer3DModel", 1e-8f, 1e-6f)]
    public void Config_WithoutEps_TakesThoseOfItsClass(string className, float attention, float cross)
    {
        TestTransformer.Write(folder.Path);
        var text = File.ReadAllText(folder.File("config.json"))
            .Replace("SanaVideoTransformer3DModel", className, StringComparison.Ordinal)
            .Replace(",\"attention_eps\":1E-08", string.Empty, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), text);
        var config = TransformerConfig.Read(folder.File("config.json"));
        Assert.Equal(attention, config.AttentionEps);
        Assert.Equal(cross, config.CrossQkNormEps);
    }

    public void Dispose() => folder.Dispose();

    private void WriteOne(string file, string name, int[] shape) =>
        SafetensorsWriter.Write(folder.File(file), new Dictionary<string, (int[], float[])> { [name] = (shape, new float[shape.Aggregate((a, b) => a * b)]) });

    private void WriteTwo(string file) =>
        SafetensorsWriter.Write(folder.File(file), new Dictionary<string, (int[], float[])> { ["a"] = ([1], new float[1]), ["b"] = ([1], new float[1]) });
}
