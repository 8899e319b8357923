using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Tests.Checkpoints.Published;

public sealed class PublishedCheckTests : IDisposable
{
    private const string Repository480 = "Efficient-Large-Model/SANA-Video_2B_480p_diffusers";
    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public PublishedCheckTests() => path = PublishedFixture.Write(folder.File("SANA-Video_2B_480p_diffusers"));

    [Fact]
    public void Check_OfAWholeFolder_FindsNothingWrongAndNamesEveryFile()
    {
        var report = Check();
        Assert.Empty(report.Problems);
        Assert.Equal(
            [
                "model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json", "text_encoder/model.safetensors", "tokenizer/tokenizer.json", "transformer/config.json",
                "transformer/diffusion_pytorch_model-00001-of-00002.safetensors", "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                "transformer/diffusion_pytorch_model.safetensors.index.json", "vae/config.json", "vae/diffusion_pytorch_model.safetensors",
            ],
            report.Files.Select(file => file.Path));
        Assert.All(report.Files, file => Assert.Equal(new FileInfo(Path.Combine(path, file.Path)).Length, file.Bytes));
    }

    [Theory]
    [InlineData("vae/config.json")]
    [InlineData("vae/diffusion_pytorch_model.safetensors")]
    [InlineData("text_encoder/config.json")]
    [InlineData("text_encoder/model.safetensors")]
    [InlineData("tokenizer/tokenizer.json")]
    [InlineData("scheduler/scheduler_config.json")]
    [InlineData("transformer/diffusion_pytorch_model-00002-of-00002.safetensors")]
    [InlineData("transformer/diffusion_pytorch_model.safetensors.index.json")]
    public void Check_WithoutAFile_SaysWhereToDownloadIt(string file)
    {
        File.Delete(Path.Combine(path, file));
        var problem = Assert.Single(Check().Problems);
        Assert.StartsWith($"{file} is missing. Download from {Repository480}: {file}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfAFolderWithMuchMissing_SaysAllOfItAtOnce()
    {
        Directory.Delete(Path.Combine(path, "vae"), true);
        Directory.Delete(Path.Combine(path, "tokenizer"), true);
        File.Delete(Path.Combine(path, "text_encoder/model.safetensors"));
        Assert.Equal(4, Check().Problems.Count);
    }

    [Fact]
    public void Check_OfAClonesPointer_SaysThatItIsNotTheFile()
    {
        File.WriteAllText(Path.Combine(path, "vae/diffusion_pytorch_model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 500\n");
        Assert.Contains("is a pointer of git LFS", Assert.Single(Check().Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_OfADownloadThatBrokeOff_NamesTheFile()
    {
        var file = Path.Combine(path, "transformer/diffusion_pytorch_model-00001-of-00002.safetensors");
        using (var stream = File.OpenWrite(file))
            stream.SetLength(stream.Length - 10);
        var problem = Assert.Single(Check().Problems);
        Assert.Contains(file, problem, StringComparison.Ordinal);
        Assert.Contains("is truncated", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transformer/config.json", "\"mlp_ratio\": 3.0", "\"mlp_ratio\": 2.0", "tensors of another shape than its config asks for, the first transformer_blocks.0.ff.conv")]
    [InlineData("transformer/config.json", "\"num_layers\": 2", "\"num_layers\": 3", "lacks 24 of")]
    [InlineData("transformer/config.json", "\"num_layers\": 2", "\"num_layers\": 1", "has 24 tensors that its config has no place for")]
    [InlineData("text_encoder/config.json", "\"num_key_value_heads\": 1", "\"num_key_value_heads\": 2", "text_encoder has 4 tensors of another shape")]
    [InlineData("text_encoder/config.json", "gemma2", "t5", "of the type 't5'")]
    [InlineData("vae/config.json", "AutoencoderKLWan", "AutoencoderKLLTX2Video", "was trained with AutoencoderKLWan")]
    [InlineData("vae/config.json", "\"z_dim\": 4", "\"z_dim\": 16", "z_dim = 16, the transformer reads 4")]
    [InlineData("vae/config.json", "{", "[", "cannot be read")]
    public void Check_OfPartsThatDoNotFit_SaysInWhat(string file, string before, string after, string expected)
    {
        var text = File.ReadAllText(Path.Combine(path, file));
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(path, file), text.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains(Check().Problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Check_OfAPthAlone_SaysThatTheOtherPartsAreDiffusers()
    {
        var from = Path.Combine(Repository.Golden, "h2_longsana_blockwise/transformer");
        Directory.CreateDirectory(folder.File("torch"));
        Torch.TorchWriter.Write(folder.File("torch/SANA_Video_2B_480p_LongLive.pth"), Torch.NvLabsNames.Of(Path.Combine(from, "diffusion_pytorch_model.safetensors")), "state_dict");
        File.Copy(Path.Combine(from, "config.json"), folder.File("torch/config.json"));

        var report = PublishedCheck.Run(PublishedFolder.Recognise(folder.File("torch")));

        Assert.Contains("vae/config.json is missing. Download from Efficient-Large-Model/SANA-Video_2B_480p_LongLive_diffusers: vae/config.json.", report.Problems);
        Assert.Equal("SANA_Video_2B_480p_LongLive.pth", Assert.Single(report.Files).Path);
    }

    [Fact]
    public void Shapes_OfTheRealSizes_AddUpToThePublishedParameters()
    {
        var config = new TransformerConfig
        {
            InChannels = 16, OutChannels = 16, Heads = 20, HeadDim = 112, CrossHeads = 20, CrossHeadDim = 112, Layers = 20, CaptionChannels = 2304, MlpRatio = 3, Patch = 2,
        };
        Assert.Equal(2056, Sum(TransformerTensors.Of(config).Values) / 1_000_000);

        File.WriteAllText(Path.Combine(path, "gemma.json"), """
            {"model_type": "gemma2", "vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8,
             "num_key_value_heads": 4, "head_dim": 256, "query_pre_attn_scalar": 256, "sliding_window": 4096, "attn_logit_softcapping": 50.0,
             "hidden_activation": "gelu_pytorch_tanh", "rms_norm_eps": 1e-06, "rope_theta": 10000.0}
            """);
        // Published as 2.61 billion.
        Assert.Equal(2614, Sum(GemmaTensors.Of(Gemma2Config.Read(Path.Combine(path, "gemma.json")), "model.").Values) / 1_000_000);

        static long Sum(IEnumerable<int[]> shapes) => shapes.Sum(shape => shape.Aggregate(1L, (a, b) => a * b));
    }

    [Fact]
    public void Hashes_AreThoseOfTheFiles()
    {
        var told = new List<long>();
        var report = Check();
        var hashed = PublishedHashes.Of(path, report.Files, new Told(told), CancellationToken.None);
        foreach (var file in hashed)
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(path, file.Path)))), file.Sha256);
        Assert.Equal(report.Files.Sum(file => file.Bytes), told[^1]);
    }

    public void Dispose() => folder.Dispose();

    private PublishedReport Check() => PublishedCheck.Run(PublishedFolder.Recognise(path));

    private sealed class Told(List<long> values) : IProgress<long>
    {
        public void Report(long value) => values.Add(value);
    }
}
