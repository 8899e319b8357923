using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>
/// One layer: <c>x += norm(attention(norm(x)))</c>, then <c>x += norm(down(gelu(gate(n)) * up(n)))</c> with <c>n = norm(x)</c>. Every norm
/// is an RMSNorm by 1 + weight.
/// </summary>
internal sealed class Gemma2Layer : IDisposable
{
    private readonly KernelSet kernels;
    private readonly Gemma2Config config;
    private readonly CausalAttentionShape shape;
    private readonly List<IDisposable> owned = [];
    private readonly Tensor inputNorm;
    private readonly Tensor attentionNorm;
    private readonly Tensor feedForwardNorm;
    private readonly Tensor outputNorm;
    private readonly Weights toQ;
    private readonly Weights toK;
    private readonly Weights toV;
    private readonly Weights toOut;
    private readonly Weights gate;
    private readonly Weights up;
    private readonly Weights down;

    public Gemma2Layer(KernelSet kernels, Gemma2Config config, Checkpoint checkpoint, string name, bool sliding, Precision precision)
    {
        this.kernels = kernels;
        this.config = config;
        shape = new CausalAttentionShape(
            config.Heads, config.KeyValueHeads, (float)(1 / Math.Sqrt(config.QueryScalar)), sliding ? config.SlidingWindow : 0, config.AttentionSoftCap);
        try
        {
            inputNorm = Own(Norm(kernels, checkpoint, $"{name}input_layernorm.weight", config.Hidden));
            attentionNorm = Own(Norm(kernels, checkpoint, $"{name}post_attention_layernorm.weight", config.Hidden));
            feedForwardNorm = Own(Norm(kernels, checkpoint, $"{name}pre_feedforward_layernorm.weight", config.Hidden));
            outputNorm = Own(Norm(kernels, checkpoint, $"{name}post_feedforward_layernorm.weight", config.Hidden));
            toQ = Linear("self_attn.q_proj", config.Heads * config.HeadDim, config.Hidden, config.AttentionBias);
            toK = Linear("self_attn.k_proj", config.KeyValueHeads * config.HeadDim, config.Hidden, config.AttentionBias);
            toV = Linear("self_attn.v_proj", config.KeyValueHeads * config.HeadDim, config.Hidden, config.AttentionBias);
            toOut = Linear("self_attn.o_proj", config.Hidden, config.Heads * config.HeadDim, config.AttentionBias);
            gate = Linear("mlp.gate_proj", config.FeedForward, config.Hidden, false);
            up = Linear("mlp.up_proj", config.FeedForward, config.Hidden, false);
            down = Linear("mlp.down_proj", config.Hidden, config.FeedForward, false);
        }
        catch
        {
            Dispose();
            throw;
        }

        Weights Linear(string part, int outputs, int inputs, bool bias) =>
            Own(LayerWeights.Linear(kernels, checkpoint, $"{name}{part}", [outputs, inputs], LayerWeights.Careful(precision), bias));
    }

    /// <summary>Gemma keeps its norms' weights as their difference from one.</summary>
    public static Tensor Norm(KernelSet kernels, Checkpoint checkpoint, string name, int width) =>
        kernels.Row([.. checkpoint.Take(name, width).Select(weight => 1 + weight)]);

    /// <summary>In place on <see cref="Gemma2Workspace.X"/>.</summary>
    /// <param name="w">The tokens that are new.</param>
    /// <param name="before">Keys and values of the tokens before them; null at a text's beginning.</param>
    /// <param name="observe">Sees the outputs of the two halves before they are normed and added; null for none.</param>
    public void Forward(Gemma2Workspace w, (Tensor Keys, Tensor Values)? before, Action<string, Tensor>? observe)
    {
        kernels.RmsNorm(w.X, inputNorm, config.NormEps, relu: false, w.Normed);
        kernels.Linear(w.Normed, toQ, w.Queries);
        kernels.Linear(w.Normed, toK, w.NewKeys);
        kernels.Linear(w.Normed, toV, w.NewValues);
        kernels.RotateHalves(w.Queries, w.Cos, w.Sin);
        kernels.RotateHalves(w.NewKeys, w.Cos, w.Sin);
        if (before is { } kept)
        {
            kernels.Copy(kept.Keys, w.OldKeys!);
            kernels.Copy(kept.Values, w.OldValues!);
        }

        kernels.CausalAttention(w.Queries, w.Keys, w.Values, shape, w.Attended);
        kernels.Linear(w.Attended, toOut, w.Y);
        observe?.Invoke("self_attn", w.Y);
        kernels.RmsNorm(w.Y, attentionNorm, config.NormEps, relu: false, w.Y);
        kernels.Add(w.Y, 1, w.X);

        kernels.RmsNorm(w.X, feedForwardNorm, config.NormEps, relu: false, w.Normed);
        kernels.Linear(w.Normed, up, w.Up);
        kernels.Linear(w.Normed, gate, w.Wide, new Epilogue(Activation.GeluTanh, Gate: w.Up));
        kernels.Linear(w.Wide, down, w.Y);
        observe?.Invoke("mlp", w.Y);
        kernels.RmsNorm(w.Y, outputNorm, config.NormEps, relu: false, w.Y);
        kernels.Add(w.Y, 1, w.X);
    }

    public void Dispose() => owned.ForEach(part => part.Dispose());

    private T Own<T>(T part)
        where T : IDisposable
    {
        owned.Add(part);
        return part;
    }
}
