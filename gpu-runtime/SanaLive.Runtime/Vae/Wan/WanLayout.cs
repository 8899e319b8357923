using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>All memory that layers work in, laid out when they are loaded: what it takes is known before any of it is asked for.</summary>
internal sealed class WanLayout
{
    private readonly List<FrameShape> frames = [];
    private readonly List<FrameShape> tails = [];

    /// <summary>A place in <see cref="WanWorkspace.Frames"/>.</summary>
    public int Frame(string role, int scale, int channels)
    {
        var shape = new FrameShape(role, scale, channels);
        if (!frames.Contains(shape))
            frames.Add(shape);
        return frames.IndexOf(shape);
    }

    /// <summary>A place among the tails.</summary>
    public int Tail(int scale, int channels)
    {
        tails.Add(new FrameShape("tail", scale, channels));
        return tails.Count - 1;
    }

    /// <summary>Bytes of one frame of every feature map, for latent frames of height x width.</summary>
    public long WorkspaceBytes(int height, int width) => frames.Sum(frame => frame.Bytes(height, width));

    /// <summary>Bytes of all tails.</summary>
    public long TailBytes(int height, int width) => tails.Sum(tail => 2 * tail.Bytes(height, width));

    public WanWorkspace CreateWorkspace(KernelSet kernels, int height, int width) =>
        new(height, width, [.. frames.Select(frame => kernels.Create(frame.Rows(height, width), frame.Channels))]);

    public IReadOnlyList<CausalTail> CreateTails(KernelSet kernels, int height, int width) =>
        [.. tails.Select(tail => new CausalTail(kernels.Create(tail.Rows(height, width), tail.Channels), kernels.Create(tail.Rows(height, width), tail.Channels)))];
}
