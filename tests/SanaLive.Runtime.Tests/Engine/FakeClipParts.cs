using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>A clip model whose transformer and autoencoder compute, very small and random, and whose words are noise that depends on the text.</summary>
internal sealed class FakeClipParts(KernelSet kernels) : IClipParts
{
    private const int Tokens = 5;
    private static readonly string Vae = Path.Combine(Repository.Root, "tests/golden/world_vae/vae");

    public List<(string Prompt, string? Negative)> Read { get; } = [];

    public string Name => "tiny clips";

    public string Negative => "ugly";

    public TransformerConfig Transformer => TestTransformer.Config;

    public SchedulerConfig Scheduler { get; init; } = new(SchedulerKind.DpmSolver, 8);

    public ClipLayout Layout => new(WorldVaeConfig.SpatialScale, WorldVaeConfig.FramesPerLatent, WorldVaeConfig.FramesPerLatent, 16);

    public long PromptBytes { get; init; } = 1_000_000;

    public long TransformerBytes { get; init; } = 2_000_000;

    public long DecoderBytes(PictureSize size) => 3_000_000;

    public long EncoderBytes(PictureSize size) => 4_000_000;

    public (Prompt Prompt, Prompt? Negative) ReadPrompts(string prompt, string? negative)
    {
        Read.Add((prompt, negative));
        return (Noise(prompt), negative is null ? null : Noise(negative));
    }

    public SanaVideoTransformer LoadTransformer() => TestTransformer.Load(kernels);

    public VideoDecoder LoadDecoder()
    {
        using var checkpoint = Checkpoint.Open(Vae);
        return new WorldDecoder(kernels, WorldVaeConfig.Read(Path.Combine(Vae, "config.json")), checkpoint);
    }

    public VideoEncoder LoadEncoder()
    {
        using var checkpoint = Checkpoint.Open(Vae);
        return new WorldEncoder(kernels, WorldVaeConfig.Read(Path.Combine(Vae, "config.json")), checkpoint);
    }

    private Prompt Noise(string text)
    {
        var embedding = new float[Tokens * Transformer.CaptionChannels];
        CounterNoise.Fill((ulong)text.Sum(letter => letter * 31L), text.Length, 0, embedding);
        return new Prompt(text, text, [], [], embedding, Tokens);
    }
}
