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
        Wide = New(tokens, 2 * config.FeedForward);
        Gated = New(tokens, config.FeedForward);
        Pointed = New(tokens, hidden);
        LastFrame = Pointed.Slice(tokens - grid.PerFrame, grid.PerFrame);
        OutPatches = New(tokens, pixels * config.OutChannels);

        OwnS = New(hidden, config.HeadDim);
        OwnZ = New(config.Heads, config.HeadDim);
        TotalS = New(hidden, config.HeadDim);
        TotalZ = New(config.Heads, config.HeadDim);

        RopeCos = New(tokens, config.HeadDim / 2);
        RopeSin = New(tokens, config.HeadDim / 2);
        var (cos, sin) = Rope.Table(config.HeadDim, grid, 0);
        kernels.Write(RopeCos, cos);
        kernels.Write(RopeSin, sin);
    }

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

    public Tensor Wide { get; }

    public Tensor Gated { get; }

    public Tensor Pointed { get; }

    /// <summary>The last frame's rows of <see cref="Pointed"/>.</summary>
    public Tensor LastFrame { get; }

    public Tensor OutPatches { get; }

    public Tensor OwnS { get; }

    public Tensor OwnZ { get; }

    public Tensor TotalS { get; }

    public Tensor TotalZ { get; }

    public Tensor RopeCos { get; }

    public Tensor RopeSin { get; }

    public void Dispose() => all.ForEach(tensor => tensor.Dispose());

    private Tensor New(int rows, int columns)
    {
        var tensor = kernels.Create(rows, columns);
        all.Add(tensor);
        return tensor;
    }
}
