using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>Layers one after the other, and how many convolutions each level of them has.</summary>
internal sealed class FrameChain : IDisposable
{
    private readonly List<FrameLayer> layers = [];
    private readonly List<(int Convs, int FrameFactor)> levels = [(0, 1)];

    public FrameChain(int scale) => Level = new FrameLevel(0, scale);

    /// <summary>The one that layers are added to.</summary>
    public FrameLevel Level { get; private set; }

    public IReadOnlyList<(int Convs, int FrameFactor)> Levels => levels;

    /// <summary>The level behind a change of size, not yet begun.</summary>
    public FrameLevel NextLevel(int scale) => new(Level.Index + 1, scale);

    public void Add(FrameLayer layer, int convs)
    {
        if (layers.Count > 0)
            layers[^1].Next = layer;
        layers.Add(layer);
        levels[^1] = levels[^1] with { Convs = levels[^1].Convs + convs };
    }

    /// <summary>A layer of one convolution that ends the level.</summary>
    public void AddBefore(FrameLevel next, FrameLayer layer, int frameFactor)
    {
        Add(layer, 1);
        levels[^1] = levels[^1] with { FrameFactor = frameFactor };
        levels.Add((0, 1));
        Level = next;
    }

    public void Push(Tensor frame, FrameRun run) => layers[0].Push(frame, run);

    public void End(FrameRun run) => layers[0].End(run);

    public void Dispose() => layers.ForEach(layer => layer.Dispose());
}
