using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// Self-attention whose past is a constant: phi = ReLU(RMSNorm(.)), output
/// <c>(S_past + S_block) R phi(q) / ((z_past + z_block) . phi(q) + eps)</c>. Golden cases b1, h1.
/// </summary>
internal sealed class LinearAttention(KernelSet kernels, Checkpoint checkpoint, string name, TransformerConfig config, Precision precision = Precision.Fp32) : IDisposable
{
    private readonly Weights toQ = LayerWeights.Linear(kernels, checkpoint, $"{name}to_q", [config.Hidden, config.Hidden], precision, bias: false);
    private readonly Weights toK = LayerWeights.Linear(kernels, checkpoint, $"{name}to_k", [config.Hidden, config.Hidden], precision, bias: false);
    private readonly Weights toV = LayerWeights.Linear(kernels, checkpoint, $"{name}to_v", [config.Hidden, config.Hidden], precision, bias: false);
    private readonly Weights toOut = LayerWeights.Linear(kernels, checkpoint, $"{name}to_out.0", [config.Hidden, config.Hidden], precision);
    private readonly Tensor normQ = kernels.Row(checkpoint.Take($"{name}norm_q.weight", config.Hidden));
    private readonly Tensor normK = kernels.Row(checkpoint.Take($"{name}norm_k.weight", config.Hidden));

    /// <param name="x">[tokens, hidden], normed and modulated.</param>
    /// <param name="w">Scratch memory.</param>
    /// <param name="pastS">Of this layer, in this block's time origin; null without a past.</param>
    /// <param name="pastZ">As <paramref name="pastS"/>.</param>
    /// <param name="ownS">Where this block's own term is kept; null if nobody wants it.</param>
    /// <param name="ownZ">As <paramref name="ownS"/>.</param>
    /// <param name="y">[tokens, hidden].</param>
    /// <param name="epilogue">Gate and residual.</param>
    public void Forward(Tensor x, Workspace w, Tensor? pastS, Tensor? pastZ, Tensor? ownS, Tensor? ownZ, Tensor y, in Epilogue epilogue)
    {
        kernels.Linear(x, toQ, w.Q);
        kernels.Linear(x, toK, w.K);
        kernels.Linear(x, toV, w.V);
        kernels.RmsNorm(w.Q, normQ, config.QkNormEps, relu: true, w.Q);
        kernels.RmsNorm(w.K, normK, config.QkNormEps, relu: true, w.K);

        kernels.LinearAttention(w.Q, w.K, w.V, w.Rotation, config.Heads, pastS, pastZ, config.AttentionEps, ownS, ownZ, w.Attended);
        kernels.Linear(w.Attended, toOut, y, epilogue);
    }

    public void Dispose()
    {
        toQ.Dispose();
        toK.Dispose();
        toV.Dispose();
        toOut.Dispose();
        normQ.Dispose();
        normK.Dispose();
    }
}
