using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;

namespace SanaLive.Runtime.Tests.Checkpoints.Published;

public sealed class PublishedFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("SANA-Video_2B_480p_diffusers", "SanaVideoPipeline", "SanaVideoTransformer3DModel", "a1_transformer_p122", PublishedKind.Clip, PublishedVae.Wan21, EpsVariant.Diffusers)]
    [InlineData("sana-video_2b_720p_diffusers", "SanaImageToVideoPipeline", "SanaVideoTransformer3DModel", "a2_transformer_p111", PublishedKind.Clip, PublishedVae.Ltx2, EpsVariant.Diffusers)]
    [InlineData("SANA-Video_2B_480p_LongLive_diffusers", "SanaVideoPipeline", "SanaVideoTransformer3DModel", "a1_transformer_p122", PublishedKind.LongSana, PublishedVae.Wan21, EpsVariant.NvLabs)]
    [InlineData("snapshot-17", "SanaVideoPipeline", "SanaVideoCausalTransformer3DModel", "a1_transformer_p122", PublishedKind.LongSana, PublishedVae.Wan21, EpsVariant.NvLabs)]
    public void Recognise_AFolderOfDiffusers_KnowsWhatItIs(
        string name, string pipeline, string transformer, string golden, PublishedKind kind, PublishedVae vae, EpsVariant eps)
    {
        var path = Write(name, pipeline, transformer, golden);

        var published = PublishedFolder.Recognise(path);

        Assert.True(PublishedFolder.IsPublished(path));
        Assert.Equal((PublishedLayout.Diffusers, kind, vae, eps), (published.Layout, published.Kind, published.Vae, published.Eps));
        Assert.Equal(eps == EpsVariant.NvLabs ? 1e-8f : 1e-15f, published.Transformer.AttentionEps);
        Assert.Equal((Path.Combine(path, "vae"), Path.Combine(path, "text_encoder")), (published.VaePath, published.TextEncoderPath));
        Assert.StartsWith("Efficient-Large-Model/SANA-Video_2B_", published.Repository.Name, StringComparison.Ordinal);
        if (name.StartsWith("SANA", StringComparison.OrdinalIgnoreCase))
            Assert.EndsWith(name, published.Repository.Name, StringComparison.OrdinalIgnoreCase);
        using var weights = published.OpenTransformer();
        Assert.True(weights.Has("patch_embedding.weight"));
    }

    [Fact]
    public void Recognise_PartsOfAPthInCheckpoints_LieBesideThatFolder()
    {
        var golden = Path.Combine(Repository.Golden, "a1_transformer_p122/transformer");
        Directory.CreateDirectory(folder.File("checkpoints"));
        Torch.TorchWriter.Write(folder.File("checkpoints/SANA_Video_2B_480p.pth"), Torch.NvLabsNames.Of(Path.Combine(golden, "diffusion_pytorch_model.safetensors")));
        File.Copy(Path.Combine(golden, "config.json"), folder.File("checkpoints/config.json"));

        foreach (var path in new[] { folder.Path, folder.File("checkpoints"), folder.File("checkpoints/SANA_Video_2B_480p.pth") })
        {
            var published = PublishedFolder.Recognise(path);
            Assert.Equal(folder.File("vae"), published.VaePath);
            Assert.Equal("Efficient-Large-Model/SANA-Video_2B_480p", published.Repository.Name);
        }
    }

    [Fact]
    public void Recognise_ConfigWithPythonsInfinity_IsRead()
    {
        var path = Write("a", "SanaVideoPipeline", "SanaVideoTransformer3DModel", "a1_transformer_p122");
        Directory.CreateDirectory(Path.Combine(path, "scheduler"));
        File.WriteAllText(Path.Combine(path, "scheduler/scheduler_config.json"), """{"a": -Infinity, "b": "-Infinity \" Infinity", "c": [Infinity, 1]}""");

        using var json = HubJson.Read(PublishedFolder.Recognise(path).SchedulerPath!);

        Assert.Equal("""{"a": null     , "b": "-Infinity \" Infinity", "c": [null    , 1]}""", json.RootElement.GetRawText());
    }

    [Fact]
    public void Recognise_NothingOfTheKind_SaysWhichRepositoriesAreMeant()
    {
        Refuses(folder.File("gone"), "There is no folder");
        Refuses(folder.Path, "Efficient-Large-Model/SANA-Video_2B_480p_LongLive_diffusers");
        Refuses(Path.Combine(Repository.Root, "gpu-runtime/models/world"), "holds a SanaLiveWorldPipeline");
        File.WriteAllText(folder.File("model_index.json"), "[]");
        Refuses(folder.Path, "names no _class_name");
        File.WriteAllText(folder.File("model_index.json"), "{");
        Refuses(folder.Path, "cannot be read");
        File.Delete(folder.File("model_index.json"));
        File.WriteAllText(folder.File("a.pth"), "x");
        Refuses(folder.Path, "no whole zip archive");
        File.WriteAllText(folder.File("b.pt"), "x");
        Refuses(folder.Path, "a.pth, b.pt");
    }

    [Fact]
    public void Recognise_WithoutTheTransformersConfig_SaysWhatToDownload()
    {
        File.WriteAllText(folder.File("model_index.json"), """{"_class_name": "SanaVideoPipeline"}""");
        Refuses(folder.Path, "Download transformer/config.json from Efficient-Large-Model/SANA-Video_2B_480p_diffusers");
        Directory.CreateDirectory(folder.File("transformer"));
        File.WriteAllText(folder.File("transformer/config.json"), """{"_class_name": "WanTransformer3DModel"}""");
        Refuses(folder.Path, "describes a WanTransformer3DModel");
    }

    public void Dispose() => folder.Dispose();

    private static void Refuses(string path, string expected) =>
        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => PublishedFolder.Recognise(path)).Message, StringComparison.Ordinal);

    private string Write(string name, string pipeline, string transformer, string golden)
    {
        var path = folder.File(name);
        Directory.CreateDirectory(Path.Combine(path, "transformer"));
        File.WriteAllText(Path.Combine(path, "model_index.json"), $$"""{"_class_name": "{{pipeline}}"}""");
        var from = Path.Combine(Repository.Golden, golden, "transformer");
        File.Copy(Path.Combine(from, "diffusion_pytorch_model.safetensors"), Path.Combine(path, "transformer/diffusion_pytorch_model.safetensors"));
        var config = File.ReadAllText(Path.Combine(from, "config.json")).Replace("SanaVideoTransformer3DModel", transformer, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(path, "transformer/config.json"), config);
        return path;
    }
}
