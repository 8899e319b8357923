using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>Softmax attention to the words of the prompt; no norm before it, no gate after it.</summary>
internal sealed class CrossAttention(KernelSet kernels, Checkpoint checkpoint, string name, TransformerConfig config, Precision precision = Precision.Fp32) : IDisposable
{
    private readonly Weights toQ = LayerWeights.Linear(kernels, checkpoint, $"{name}to_q", [config.CrossHidden, config.Hidden], precision);
    private readonly Weights toK = LayerWeights.Linear(kernels, checkpoint, $"{name}to_k", [config.CrossHidden, config.Hidden], LayerWeights.Careful(precision));
    private readonly Weights toV = LayerWeights.Linear(kernels, checkpoint, $"{name}to_v", [config.CrossHidden, config.Hidden], LayerWeights.Careful(precision));
    private readonly Weights toOut = LayerWeights.Linear(kernels, checkpoint, $"{name}to_out.0", [config.Hidden, config.CrossHidden], precision);
    private readonly Tensor normQ = kernels.Row(checkpoint.Take($"{name}norm_q.weight", config.CrossHidden));
    private readonly Tensor normK = kernels.Row(checkpoint.Take($"{name}norm_k.weight", config.CrossHidden));

    /// <summary>Keys and values of a prompt, [words, cross hidden]; once per prompt, not per step.</summary>
    public void ReadText(Tensor text, Tensor keys, Tensor values)
    {
        kernels.Linear(text, toK, keys);
        kernels.RmsNorm(keys, normK, config.CrossQkNormEps, relu: false, keys);
        kernels.Linear(text, toV, values);
    }

    /// <summary><paramref name="x"/> and <paramref name="y"/> are [tokens, hidden].</summary>
    public void Forward(Tensor x, Tensor keys, Tensor values, Workspace w, Tensor y, in Epilogue epilogue)
    {
        kernels.Linear(x, toQ, w.CrossQ);
        kernels.RmsNorm(w.CrossQ, normQ, config.CrossQkNormEps, relu: false, w.CrossQ);
        kernels.CrossAttention(w.CrossQ, keys, values, config.CrossHeads, w.CrossAttended);
        kernels.Linear(w.CrossAttended, toOut, y, epilogue);
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
