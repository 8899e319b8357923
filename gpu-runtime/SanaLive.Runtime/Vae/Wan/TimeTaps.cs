using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>A convolution over three frames of single pixels: <c>y = bias + W0 a[t-2] + W1 a[t-1] + W2 a[t]</c>.</summary>
internal sealed class TimeTaps : IDisposable
{
    private readonly KernelSet kernels;
    private readonly Weights[] taps;

    /// <param name="kernels">Runs it.</param>
    /// <param name="weight">[outputs, inputs, 3].</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="bias">[outputs].</param>
    public TimeTaps(KernelSet kernels, ReadOnlySpan<float> weight, int inputs, ReadOnlySpan<float> bias)
    {
        this.kernels = kernels;
        taps = new Weights[3];
        var single = new float[weight.Length / 3];
        for (var tap = 0; tap < 3; tap++)
        {
            for (var i = 0; i < single.Length; i++)
                single[i] = weight[3 * i + tap];
            taps[tap] = kernels.PackLinear(single, bias.Length, inputs, tap == 2 ? bias : default);
        }
    }

    /// <summary>The tail is left as it is.</summary>
    public void Forward(Tensor x, CausalTail tail, Tensor y)
    {
        Tensor? sum = null;
        if (tail.Count > 1)
            Add(tail.Older, taps[0]);
        if (tail.Count > 0)
            Add(tail.Last, taps[1]);
        Add(x, taps[2]);

        void Add(Tensor frame, Weights weights)
        {
            kernels.Linear(frame, weights, y, new Epilogue(Residual: sum));
            sum = y;
        }
    }

    public void Dispose()
    {
        foreach (var weights in taps)
            weights.Dispose();
    }
}
