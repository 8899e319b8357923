namespace SanaLive.Runtime.Kernels;

/// <summary>
/// Weights (and bias) of one layer, packed once at load the way the kernel set reads them. Opaque: only the kernel set
/// that packed them can use them.
/// </summary>
public abstract class Weights(int outputs, int inputs, int taps) : IDisposable
{
    /// <summary>Output channels.</summary>
    public int Outputs { get; } = outputs;

    /// <summary>Input channels; 1 for a depthwise layer.</summary>
    public int Inputs { get; } = inputs;

    /// <summary>1 for a linear layer, 3 for a temporal convolution, 9 for a 3x3 convolution.</summary>
    public int Taps { get; } = taps;

    /// <summary>What a 3x3 convolution sees outside of the frame.</summary>
    public Padding Padding { get; init; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
