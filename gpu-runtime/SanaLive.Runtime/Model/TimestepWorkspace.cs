using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// Memory of a pass that depends on the number of its timesteps (one for all, one per frame, one per token) and not on its
/// tokens: a stream that begins with a picture needs a second one of these, not a second <see cref="Workspace"/>.
/// </summary>
internal sealed class TimestepWorkspace : IDisposable
{
    private readonly List<Tensor> all = [];
    private readonly KernelSet kernels;

    public TimestepWorkspace(KernelSet kernels, TransformerConfig config, int timesteps)
    {
        this.kernels = kernels;
        Waves = New(timesteps, TimestepEmbedding.Width);
        Middle = New(timesteps, config.Hidden);
        Embedded = New(timesteps, config.Hidden);
        Active = New(timesteps, config.Hidden);
        Projected = New(timesteps, 6 * config.Hidden);
        Modulation = New(timesteps, 6 * config.Hidden);
        FinalModulation = New(timesteps, 2 * config.Hidden);
        HostWaves = new float[timesteps * TimestepEmbedding.Width];
    }

    /// <summary>[timesteps, 256]: the sinusoids.</summary>
    public Tensor Waves { get; }

    public Tensor Middle { get; }

    public Tensor Embedded { get; }

    public Tensor Active { get; }

    /// <summary>[timesteps, 6 * hidden]: the same for all layers.</summary>
    public Tensor Projected { get; }

    /// <summary>[timesteps, 6 * hidden]: with a layer's table.</summary>
    public Tensor Modulation { get; }

    /// <summary>[timesteps, 2 * hidden].</summary>
    public Tensor FinalModulation { get; }

    public float[] HostWaves { get; }

    public void Dispose() => all.ForEach(tensor => tensor.Dispose());

    private Tensor New(int rows, int columns)
    {
        var tensor = kernels.Create(rows, columns);
        all.Add(tensor);
        return tensor;
    }
}
