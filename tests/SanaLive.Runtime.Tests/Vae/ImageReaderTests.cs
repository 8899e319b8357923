using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Tests.Vae;

public sealed class ImageReaderTests
{
    private static readonly ModelControl[] Controls =
    [
        new() { Name = "biome", Attribute = "biome", Type = ControlType.Choice, Values = ["meadow", "sea"], Default = "meadow" },
        new() { Name = "time", Attribute = "time", Type = ControlType.Choice, Values = ["day", "night"], Default = "day" },
        new() { Name = "hour", Attribute = "time", Type = ControlType.Number, Minimum = 0, Maximum = 24, Default = 12 },
    ];

    [Fact]
    public void Describe_TakesMeanAndMaximumOfEveryPartOfThePicture()
    {
        // 3 x 4 latent pixels of one channel: every part is one row high and two columns wide.
        float[] latents = [1, 3, 5, 9, 2, 2, 0, -4, -1, -3, 7, 8];
        Assert.Equal([2, 3, 7, 9, 2, 2, -2, 0, -2, -1, 7.5f, 8], ImageReader.Describe(latents, 3, 4, 1));
    }

    [Fact]
    public void Describe_PictureSmallerThanItsParts_HasANumberForEach() =>
        Assert.All(ImageReader.Describe([1, 2], 2, 1, 1), value => Assert.True(float.IsFinite(value)));

    [Fact]
    public void Read_NamesTheLikeliestValueOfWhatItKnowsAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var reader = Load(folder, new() { ["biome.weight"] = ([2, 12], Weight(12)), ["biome.bias"] = ([2], [1, 0]) });
        Assert.Equal(new Dictionary<string, ControlValue> { ["biome"] = "meadow" }, reader.Read(new float[12], 3, 4));
        Assert.Equal((ControlValue)"sea", reader.Read([.. Enumerable.Repeat(2f, 12)], 3, 4)["biome"]);
    }

    [Fact]
    public void Load_OtherShapeOrUnknownAttribute_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var shape = Assert.Throws<CheckpointException>(() => Load(folder, new() { ["biome.weight"] = ([2, 6], new float[12]), ["biome.bias"] = ([2], [0, 0]) }));
        Assert.Contains("biome.weight", shape.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<CheckpointException>(() => Load(folder, new() { ["mood.weight"] = ([1, 12], new float[12]), ["mood.bias"] = ([1], [0]) }));
        Assert.Contains("mood", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_WithAReaderInItsFolder_SaysWhatItSeesAndIsAnotherModel()
    {
        using var plain = new TestModel();
        using var reading = new TestModel();
        using var kernels = new CpuKernelSet(1);
        using var without = VideoModel.Load(plain.Path, kernels);
        var biomes = without.Card.Controls.Single(control => control.Name == "biome").Values!;
        var features = ImageReader.Features(without.Decoder.LatentChannels);
        Directory.CreateDirectory(Path.Combine(reading.Path, "image_reader"));
        SafetensorsWriter.Write(Path.Combine(reading.Path, "image_reader", "model.safetensors"), new Dictionary<string, (int[], float[])>
        {
            ["biome.weight"] = ([biomes.Count, features], new float[biomes.Count * features]),
            ["biome.bias"] = ([biomes.Count], [.. new float[biomes.Count - 1], 1]),
        });
        using var with = VideoModel.Load(reading.Path, kernels);
        var picture = new byte[without.Index.Width * without.Index.Height * 3];
        Assert.Empty(without.ReadImage(picture).Controls);
        Assert.Equal((ControlValue)biomes[^1], Assert.Single(with.ReadImage(picture).Controls).Value);
        Assert.Null(with.Card.ProblemWith(with.ReadImage(picture).Controls));
        Assert.NotEqual(without.Card.Fingerprint, with.Card.Fingerprint);
    }

    /// <summary>The second value grows with every feature.</summary>
    private static float[] Weight(int features) => [.. new float[features], .. Enumerable.Repeat(1f, features)];

    private static ImageReader Load(TemporaryFolder folder, Dictionary<string, (int[], float[])> tensors)
    {
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors);
        using var checkpoint = Checkpoint.Open(folder.File("model.safetensors"));
        return new ImageReader(Controls, 1, checkpoint);
    }
}
