using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>All memory of one transformer pass at one shape, laid out once; <see cref="TimestepWorkspace"/> is beside it.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly List<Tensor> all = [];
    private readonly KernelSet kernels;

    public Workspace(KernelSet kernels, TransformerConfig config, TokenGrid grid)
    {
        this.kernels = kernels;
        Grid = grid;
        var (tokens, hidden, pixels) = (grid.Tokens, config.Hidden, config.Patch * config.Patch);
        Patches = New(tokens, pixels * config.InChannels);
        Hidden = New(tokens, hidden);
        Normed = New(tokens, hidden);
        Q = New(tokens, hidden);
        K = New(tokens, hidden);
        V = New(tokens, hidden);
        Attended = New(tokens, hidden);
        CrossQ = hidden == config.CrossHidden ? Q : New(tokens, config.CrossHidden);
        CrossAttended = hidden == config.CrossHidden ? Attended : New(tokens, config.CrossHidden);
        Wide = New(grid.PerFrame, 2 * config.FeedForward);
        Gated = New(grid.PerFrame, config.FeedForward);
        Pointed = New(tokens, hidden);
        NormedFrames = Frames(Normed);
        PointedFrames = Frames(Pointed);
        OutPatches = New(tokens, pixels * config.OutChannels);

        var (cos, sin) = Rope.Table(config.HeadDim, grid, 0);
        all.Add(Rotation = kernels.PackRotation(cos, sin, tokens));
    }

    /// <summary>Numbers that are held for a shape, all tensors together, a kernel set's way of keeping rotations counted generously.</summary>
    public static long Numbers(TransformerConfig config, TokenGrid grid)
    {
        long hidden = config.Hidden, pixels = config.Patch * config.Patch, cross = hidden == config.CrossHidden ? 0 : 2L * config.CrossHidden;
        var perToken = (pixels * (config.InChannels + config.OutChannels)) + (7 * hidden) + cross + (4L * config.HeadDim);
        return (grid.Tokens * perToken) + (3L * grid.PerFrame * config.FeedForward);
    }

    /// <summary>What <see cref="Numbers"/> foretells, counted.</summary>
    internal long Held => all.Sum(tensor => tensor.Count);

    public TokenGrid Grid { get; }

    public Tensor Patches { get; }

    public Tensor Hidden { get; }

    public Tensor Normed { get; }

    public Tensor Q { get; }

    public Tensor K { get; }

    public Tensor V { get; }

    public Tensor Attended { get; }

    public Tensor CrossQ { get; }

    public Tensor CrossAttended { get; }

    /// <summary>Of one frame: the widest of all, it is made and used up frame by frame while it is in the cache.</summary>
    public Tensor Wide { get; }

    /// <summary>Of one frame.</summary>
    public Tensor Gated { get; }

    public Tensor Pointed { get; }

    /// <summary><see cref="Normed"/>, frame by frame.</summary>
    public IReadOnlyList<Tensor> NormedFrames { get; }

    /// <summary><see cref="Pointed"/>, frame by frame.</summary>
    public IReadOnlyList<Tensor> PointedFrames { get; }

    public Tensor OutPatches { get; }

    /// <summary>Of the block's tokens, from its own first frame on.</summary>
    public Tensor Rotation { get; }

    public void Dispose() => all.ForEach(tensor => tensor.Dispose());

    private Tensor[] Frames(Tensor tensor) => [.. Enumerable.Range(0, Grid.Frames).Select(frame => tensor.Slice(frame * Grid.PerFrame, Grid.PerFrame))];

    private Tensor New(int rows, int columns)
    {
        var tensor = kernels.Create(rows, columns);
        all.Add(tensor);
        return tensor;
    }
}
