using System.Text.Json;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Tests.Text.Gemma;
using SanaLive.Runtime.Tests.Text.Tokenizers;

namespace SanaLive.Runtime.Tests;

/// <summary>A whole published folder in diffusers' layout, very small, with random weights: transformer, VAE, Gemma 2, tokenizer, scheduler.</summary>
internal sealed class TestPublished : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TestPublished(PublishedKind kind, PublishedVae vae = PublishedVae.Wan21)
    {
        var wan = new TestWanVae { BaseDim = 4, ZDim = 4, DimMult = [1, 1, 1], HalvesTime = [true, true] };
        var transformer = TestTransformer.Config with { InChannels = wan.ZDim, OutChannels = wan.ZDim, Patch = 2, CaptionChannels = 24 };
        if (vae == PublishedVae.Ltx2)
            transformer = TestTransformer.Config with { CaptionChannels = 24 };
        TestTransformer.Write(folder.File("transformer"), config: transformer);
        Directory.CreateDirectory(folder.File("vae"));
        if (vae == PublishedVae.Wan21)
            wan.Write(folder.File("vae"));
        foreach (var file in vae == PublishedVae.Ltx2 ? Directory.GetFiles(System.IO.Path.Combine(Repository.Root, "tests/golden/d1_vae_ltx2/vae")) : [])
            File.Copy(file, System.IO.Path.Combine(folder.File("vae"), System.IO.Path.GetFileName(file)));
        TestGemma.Write(folder.File("text_encoder"), TestGemma.Config(vocabulary: 800));
        Directory.CreateDirectory(folder.File("tokenizer"));
        File.Copy(TokenizerFixture.Json, System.IO.Path.Combine(folder.File("tokenizer"), "tokenizer.json"));
        Directory.CreateDirectory(folder.File("scheduler"));
        File.Copy(
            System.IO.Path.Combine(Repository.Root, "tests/golden/g1_pipeline_t2v/scheduler/scheduler_config.json"),
            System.IO.Path.Combine(folder.File("scheduler"), "scheduler_config.json"));
        var pipeline = kind == PublishedKind.LongSana ? "LongSanaVideoPipeline" : "SanaVideoPipeline";
        File.WriteAllText(folder.File("model_index.json"), JsonSerializer.Serialize(new Dictionary<string, object> { ["_class_name"] = pipeline }));
    }

    /// <summary>Small enough for a test; latents of 8 x 12, tokens of 4 x 6.</summary>
    public static PictureSize Size { get; } = new(32, 48);

    public string Path => folder.Path;

    public void Dispose() => folder.Dispose();
}
