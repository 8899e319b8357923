using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Checkpoints.Torch;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Checkpoints.Torch;

public sealed class NvLabsTransformerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("h2_longsana_blockwise", "SANA_Video_2B_480p_LongLive.pth", "state_dict", "", PublishedKind.LongSana, PublishedVae.Wan21)]
    [InlineData("h2_longsana_blockwise", "LongSANA_2B_480p_ode.pt", "generator", "model.", PublishedKind.LongSana, PublishedVae.Wan21)]
    [InlineData("h2_longsana_blockwise", "model.pt", "generator", "model.", PublishedKind.LongSana, PublishedVae.Wan21)]
    [InlineData("a1_transformer_p122", "SANA_Video_2B_480p.pth", null, "", PublishedKind.Clip, PublishedVae.Wan21)]
    [InlineData("a2_transformer_p111", "SANA_Video_2B_720p.pth", "state_dict_ema", "module.", PublishedKind.Clip, PublishedVae.Ltx2)]
    public void Transformer_UnderNvLabsNames_GivesTheSameBits(string golden, string name, string? wrapper, string prefix, PublishedKind kind, PublishedVae vae)
    {
        var part = Path.Combine(Repository.Golden, golden, "transformer");
        TorchWriter.Write(folder.File(name), NvLabsNames.Of(Path.Combine(part, "diffusion_pytorch_model.safetensors"), prefix), wrapper);
        File.Copy(Path.Combine(part, "config.json"), folder.File("config.json"));

        var published = PublishedFolder.Recognise(folder.Path);

        Assert.Equal((PublishedLayout.NvLabs, kind, vae, EpsVariant.NvLabs), (published.Layout, published.Kind, published.Vae, published.Eps));
        using var theirs = published.OpenTransformer();
        using var ours = Checkpoint.Open(part);
        Assert.Equal(Flow(ours, published.Transformer), Flow(theirs, published.Transformer));
    }

    [Fact]
    public void Open_ATensorThatNobodyKnows_IsNamedWhenTheModelIsLoaded()
    {
        var part = Path.Combine(Repository.Golden, "h2_longsana_blockwise/transformer");
        var tensors = NvLabsNames.Of(Path.Combine(part, "diffusion_pytorch_model.safetensors"));
        tensors.Add("blocks.0.attn.beta_proj.weight", ([2], [1, 2]));
        TorchWriter.Write(folder.File("model.pth"), tensors);
        using var checkpoint = Checkpoint.Open(folder.File("model.pth"));
        var error = Assert.Throws<CheckpointException>(() => new SanaVideoTransformer(new ScalarKernelSet<float>(), TransformerConfig.Read(Path.Combine(part, "config.json")), checkpoint));
        Assert.Contains("blocks.0.attn.beta_proj.weight with shape [2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WeightsOfAnotherModel_NamesWhatIsNotThere()
    {
        TorchWriter.Write(folder.File("other.pth"), new Dictionary<string, (int[], float[])> { ["conv1.weight"] = ([1], [1]) });
        var error = Assert.Throws<CheckpointException>(() => PublishedFolder.Recognise(folder.Path));
        Assert.Contains("x_embedder.proj.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("conv1.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_QueriesKeysAndValuesThatDoNotDivideByThree_AreRefused()
    {
        TorchWriter.Write(folder.File("odd.pth"), new Dictionary<string, (int[], float[])> { ["x_embedder.proj.weight"] = ([1], [1]), ["blocks.0.attn.qkv.weight"] = ([4], new float[4]) });
        Assert.Contains("cannot be split into 3", Assert.Throws<CheckpointException>(() => NvLabsTransformer.Open(folder.File("odd.pth"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_OfAFileAlone_IsReadOffItsShapes()
    {
        const int hidden = 224;
        var shapes = new Dictionary<string, int[]>
        {
            ["x_embedder.proj.weight"] = [hidden, 16, 1, 2, 2],
            ["y_embedder.y_proj.fc1.weight"] = [hidden, 48],
            ["final_layer.linear.weight"] = [64, hidden],
            ["blocks.0.attn.q_norm.weight"] = [hidden],
            ["blocks.1.attn.q_norm.weight"] = [hidden],
            ["blocks.0.cross_attn.q_linear.weight"] = [hidden, hidden],
            ["blocks.0.mlp.inverted_conv.conv.weight"] = [6 * hidden, hidden, 1, 1],
        };
        TorchWriter.Write(folder.File("SANA_Video_2B_480p.pth"), shapes.ToDictionary(pair => pair.Key, pair => (pair.Value, new float[pair.Value.Aggregate((a, b) => a * b)])));

        var config = PublishedFolder.Recognise(folder.Path).Transformer;

        Assert.Equal((16, 16, 2, 112, 2, 48, 2), (config.InChannels, config.OutChannels, config.Heads, config.HeadDim, config.Layers, config.CaptionChannels, config.Patch));
        Assert.Equal((3.0, 672, 1e-8f, 1e-6f), (config.MlpRatio, config.FeedForward, config.AttentionEps, config.CrossQkNormEps));
    }

    public void Dispose() => folder.Dispose();

    private static float[] Flow(Checkpoint checkpoint, TransformerConfig config)
    {
        var kernels = new ScalarKernelSet<float>();
        using var model = new SanaVideoTransformer(kernels, config, checkpoint);
        var grid = new TokenGrid(2, 2, 3);
        using var text = model.CreateText(3);
        model.ReadText([.. Enumerable.Range(0, 3 * config.CaptionChannels).Select(i => MathF.Sin(i))], text);
        var rows = grid.Tokens * config.Patch * config.Patch;
        using var latents = kernels.Create(rows, config.InChannels);
        kernels.Write(latents, [.. Enumerable.Range(0, rows * config.InChannels).Select(i => MathF.Cos(i))]);
        using var flow = kernels.Create(rows, config.OutChannels);
        model.Forward(latents, grid, [600], text, null, null, flow);
        var values = new float[rows * config.OutChannels];
        kernels.Read(flow, values);
        return values;
    }
}
