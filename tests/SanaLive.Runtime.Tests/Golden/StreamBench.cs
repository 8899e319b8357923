using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>A recorded LongSANA stream's model, prompts and noise.</summary>
internal sealed class StreamBench : IDisposable
{
    private readonly GoldenCase golden;
    private readonly Checkpoint checkpoint;
    private readonly SanaVideoTransformer model;
    private readonly Dictionary<int, TextContext> texts = [];
    private readonly float[] noise;
    private readonly int frames;
    private readonly int height;
    private readonly int width;

    public StreamBench(GoldenCase golden)
    {
        this.golden = golden;
        var part = Path.Combine(golden.Folder, "transformer");
        Config = TransformerConfig.Read(Path.Combine(part, "config.json")).WithNvLabsEps();
        checkpoint = Checkpoint.Open(part);
        model = new SanaVideoTransformer(golden.Kernels, Config, checkpoint);
        noise = golden.Floats("in.noise");
        var shape = golden.Shape("in.noise");
        (frames, height, width) = (shape[2], shape[3], shape[4]);
    }

    public TransformerConfig Config { get; }

    public int TokensPerFrame => height / Config.Patch * (width / Config.Patch);

    public StreamState CreateState(StatePolicy policy, long[] borders) =>
        new(golden.Kernels, Config, policy, height, width, (int)borders.Zip(borders.Skip(1), (from, to) => to - from).Max());

    public TextContext Text(int prompt)
    {
        if (texts.TryGetValue(prompt, out var text))
            return text;
        var embeds = golden.Floats("in.prompt_embeds");
        var mask = golden.Integers("in.prompt_mask");
        var prompts = golden.Shape("in.prompt_embeds")[0];
        var kept = TransformerGolden.KeepWords(
            embeds.AsSpan(prompt * (embeds.Length / prompts), embeds.Length / prompts),
            mask.AsSpan(prompt * (mask.Length / prompts), mask.Length / prompts), Config.CaptionChannels);
        text = model.CreateText(kept.Length / Config.CaptionChannels);
        model.ReadText(kept, text);
        texts.Add(prompt, text);
        return text;
    }

    public float[] Noise(int from, int to) => Layouts.CutFrames(noise, Config.InChannels, frames, from, to);

    /// <summary>Noise that the reference drew, [frames, channels, height, width].</summary>
    public float[] Drawn(string name, int blockFrames) => Layouts.FramesChannelsLast(golden.Floats(name), blockFrames, Config.InChannels);

    public float[] Forward(float[] x, int blockFrames, float timestep, TextContext text, Memory? past, Memory? own)
    {
        using var latents = golden.Upload(x, Config.InChannels);
        using var flow = golden.Kernels.Create(latents.Rows, Config.OutChannels);
        model.Forward(latents, new TokenGrid(blockFrames, height / Config.Patch, width / Config.Patch), [timestep], text, past, own, flow);
        return golden.Read(flow);
    }

    /// <summary>A block as [1, channels, frames, height, width].</summary>
    public void CheckLatent(string name, float[] block) => golden.Check(name, Layouts.ChannelsFirst(block, Config.InChannels));

    /// <summary>Some frames of [1, channels, frames, height, width].</summary>
    public void CheckFrames(string name, float[] block, int from, int to) =>
        golden.Check(name, block, Layouts.CutFrames(golden.Floats(name), Config.InChannels, frames, from, to));

    /// <summary>Some frames of [1, frames, channels, height, width].</summary>
    public void CheckLatents(string name, float[] block, int from, int to) => golden.Check(name, block, Latents(name, from, to));

    /// <summary>Some frames of [1, frames, channels, height, width], channels last.</summary>
    public float[] Latents(string name, int from, int to)
    {
        var all = Layouts.FramesChannelsLast(golden.Floats(name), frames, Config.InChannels);
        var perFrame = all.Length / frames;
        return all.AsSpan(from * perFrame, (to - from) * perFrame).ToArray();
    }

    public void Dispose()
    {
        foreach (var text in texts.Values)
            text.Dispose();
        model.Dispose();
        checkpoint.Dispose();
    }
}
