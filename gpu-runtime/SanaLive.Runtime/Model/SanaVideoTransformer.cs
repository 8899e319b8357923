using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// The SANA-Video diffusion transformer (sections 1 and 2 of the reference): patches, then per block linear attention,
/// cross-attention and Mix-FFN under adaLN-single, then the flow. Golden cases a1, a2, h2, h5.
/// One sample at a time; latents and flow are channels-last, [frames * height * width, channels].
/// </summary>
public sealed class SanaVideoTransformer : IDisposable
{
    private readonly KernelSet kernels;
    private readonly Weights patchEmbedding;
    private readonly Weights time1;
    private readonly Weights time2;
    private readonly Weights timeModulation;
    private readonly Weights caption1;
    private readonly Weights caption2;
    private readonly Tensor captionNorm;
    private readonly TransformerBlock[] blocks;
    private readonly Weights finalModulation;
    private readonly Weights projOut;
    private readonly Dictionary<TokenGrid, Workspace> workspaces = [];
    private readonly Dictionary<int, TimestepWorkspace> timestepWorkspaces = [];

    /// <param name="kernels">Own the memory.</param>
    /// <param name="config">Hyper-parameters.</param>
    /// <param name="checkpoint">Weights; there may be none left over.</param>
    /// <param name="precision">
    /// Of the linears and 1x1 convolutions that every token goes through. Embeddings, the prompt's keys and values, temporal
    /// convolutions and the last layer are never 8-bit: they are few, and what goes wrong in them goes wrong everywhere.
    /// </param>
    public SanaVideoTransformer(KernelSet kernels, TransformerConfig config, Checkpoint checkpoint, Precision precision = Precision.Fp32)
    {
        this.kernels = kernels;
        Config = config;
        var (hidden, patch) = (config.Hidden, config.Patch);
        patchEmbedding = kernels.PackLinear(
            ChannelsLast(checkpoint.Take("patch_embedding.weight", hidden, config.InChannels, 1, patch, patch), hidden, config.InChannels, patch),
            hidden, patch * patch * config.InChannels, checkpoint.Take("patch_embedding.bias", hidden), LayerWeights.Careful(precision));
        time1 = Linear("time_embed.emb.timestep_embedder.linear_1", hidden, TimestepEmbedding.Width);
        time2 = Linear("time_embed.emb.timestep_embedder.linear_2", hidden, hidden);
        timeModulation = Linear("time_embed.linear", 6 * hidden, hidden);
        caption1 = Linear("caption_projection.linear_1", hidden, config.CaptionChannels);
        caption2 = Linear("caption_projection.linear_2", hidden, hidden);
        captionNorm = kernels.Row(checkpoint.Take("caption_norm.weight", hidden));
        blocks = [.. Enumerable.Range(0, config.Layers).Select(layer => new TransformerBlock(kernels, checkpoint, $"transformer_blocks.{layer}.", config, precision))];
        finalModulation = FinalModulation(checkpoint, hidden, LayerWeights.Careful(precision));
        projOut = Linear("proj_out", patch * patch * config.OutChannels, hidden);
        checkpoint.Finish();

        Weights Linear(string name, int outputs, int inputs) =>
            LayerWeights.Linear(kernels, checkpoint, name, [outputs, inputs], LayerWeights.Careful(precision));
    }

    public TransformerConfig Config { get; }

    /// <summary>Sees intermediate tensors by their names in the goldens. For tests.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <summary>Bytes that passes of a shape work in, beside the weights.</summary>
    public static long WorkingBytes(TransformerConfig config, TokenGrid grid) => sizeof(float) * Workspace.Numbers(config, grid);

    /// <summary>Memory for prompts of so many words.</summary>
    public TextContext CreateText(int words) => new(kernels, Config, words);

    /// <summary>Reads a prompt: projection, norm, and the keys and values of every layer.</summary>
    /// <param name="embedding">[words, caption channels], masked words left out.</param>
    /// <param name="text">Memory for as many words.</param>
    public void ReadText(ReadOnlySpan<float> embedding, TextContext text)
    {
        kernels.Write(text.Embedding, embedding);
        kernels.Linear(text.Embedding, caption1, text.Middle, new Epilogue(Activation.GeluTanh));
        kernels.Linear(text.Middle, caption2, text.Projected);
        Observer?.Invoke("caption_projection", text.Projected);
        kernels.RmsNorm(text.Projected, captionNorm, Config.CaptionNormEps, relu: false, text.Projected);
        Observer?.Invoke("caption_norm", text.Projected);
        for (var layer = 0; layer < blocks.Length; layer++)
            blocks[layer].Cross.ReadText(text.Projected, text.Keys[layer], text.Values[layer]);
    }

    /// <summary>One pass over a block, or over a whole clip.</summary>
    /// <param name="latents">[frames * height * width, in channels].</param>
    /// <param name="grid">Tokens: latent height and width divided by the patch.</param>
    /// <param name="timesteps">One for all, one per frame, or one per token.</param>
    /// <param name="text">A prompt that was read.</param>
    /// <param name="past">Totals of the past in this block's time origin (its first frame is frame 0), and the conv tails; null at the beginning.</param>
    /// <param name="own">Receives this block's own terms: the state pass. Null while denoising.</param>
    /// <param name="flow">[frames * height * width, out channels]; null when only <paramref name="own"/> is wanted.</param>
    public void Forward(
        Tensor latents, TokenGrid grid, ReadOnlySpan<float> timesteps, TextContext text, Memory? past, Memory? own, Tensor? flow)
    {
        if (timesteps.Length != 1 && timesteps.Length != grid.Frames && timesteps.Length != grid.Tokens)
            throw new ArgumentException($"{timesteps.Length} timesteps for {grid}: one, one per frame or one per token is needed.", nameof(timesteps));
        var (w, time) = (WorkspaceFor(grid), WorkspaceFor(timesteps.Length));
        var (height, width, hidden) = (grid.Height * Config.Patch, grid.Width * Config.Patch, Config.Hidden);

        kernels.SpaceToDepth(latents, height, width, Config.Patch, w.Patches);
        kernels.Linear(w.Patches, patchEmbedding, w.Hidden);
        Observer?.Invoke("patch_embedding", w.Hidden);

        TimestepEmbedding.Write(timesteps, time.HostWaves);
        kernels.Write(time.Waves, time.HostWaves);
        kernels.Linear(time.Waves, time1, time.Middle, new Epilogue(Activation.Silu));
        kernels.Linear(time.Middle, time2, time.Embedded);
        kernels.Activate(time.Embedded, Activation.Silu, time.Active);
        kernels.Linear(time.Active, timeModulation, time.Projected);
        Observer?.Invoke("time_embed.embedded", time.Embedded);
        Observer?.Invoke("time_embed.modulation", time.Projected);

        for (var layer = 0; layer < blocks.Length; layer++)
        {
            var lastOfStatePass = flow is null && layer == blocks.Length - 1;
            blocks[layer].Forward(w, time, text, layer, past, own, lastOfStatePass, Observer);
        }

        if (flow is null)
            return;
        kernels.Linear(time.Middle, finalModulation, time.FinalModulation);
        kernels.NormModulate(w.Hidden, time.FinalModulation, 0, hidden, Config.NormEps, w.Normed);
        Observer?.Invoke("norm_out", w.Normed);
        kernels.Linear(w.Normed, projOut, w.OutPatches);
        Observer?.Invoke("proj_out", w.OutPatches);
        kernels.DepthToSpace(w.OutPatches, grid.Height, grid.Width, Config.Patch, flow);
    }

    public void Dispose()
    {
        foreach (var block in blocks)
            block.Dispose();
        foreach (var workspace in workspaces.Values)
            workspace.Dispose();
        foreach (var workspace in timestepWorkspaces.Values)
            workspace.Dispose();
        foreach (var weights in new[] { patchEmbedding, time1, time2, timeModulation, caption1, caption2, finalModulation, projOut })
            weights.Dispose();
        captionNorm.Dispose();
    }

    private Workspace WorkspaceFor(TokenGrid grid)
    {
        if (!workspaces.TryGetValue(grid, out var workspace))
            workspaces.Add(grid, workspace = new Workspace(kernels, Config, grid));
        return workspace;
    }

    private TimestepWorkspace WorkspaceFor(int timesteps)
    {
        if (!timestepWorkspaces.TryGetValue(timesteps, out var workspace))
            timestepWorkspaces.Add(timesteps, workspace = new TimestepWorkspace(kernels, Config, timesteps));
        return workspace;
    }

    /// <summary>The last norm's shift and scale are both the time embedding plus a row of a table: one layer with two outputs per channel.</summary>
    private Weights FinalModulation(Checkpoint checkpoint, int hidden, Precision precision)
    {
        var weight = checkpoint.Take("time_embed.emb.timestep_embedder.linear_2.weight", hidden, hidden);
        var bias = checkpoint.Take("time_embed.emb.timestep_embedder.linear_2.bias", hidden);
        var table = checkpoint.Take("scale_shift_table", 2, hidden);
        for (var i = 0; i < table.Length; i++)
            table[i] += bias[i % hidden];
        return kernels.PackLinear([.. weight, .. weight], 2 * hidden, hidden, table, precision);
    }

    /// <summary>[hidden, channels, patch, patch] to [hidden, patch, patch, channels].</summary>
    private static float[] ChannelsLast(float[] weight, int hidden, int channels, int patch)
    {
        var (pixels, result) = (patch * patch, new float[weight.Length]);
        for (var o = 0; o < hidden; o++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var p = 0; p < pixels; p++)
                    result[(o * pixels + p) * channels + c] = weight[(o * channels + c) * pixels + p];
            }
        }

        return result;
    }
}
