using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>One call of a chain of layers.</summary>
/// <param name="workspace">What layers work in.</param>
/// <param name="memories">What layers keep.</param>
internal sealed class FrameRun(FrameWorkspace workspace, FrameMemory[] memories)
{
    /// <summary>Levels behind this one are left out.</summary>
    public int LastLevel { get; init; } = int.MaxValue;

    /// <summary>Sees tensors by their names in the goldens. For tests.</summary>
    public Action<string, Tensor>? Observer { get; init; }

    /// <summary>Gets every frame that the last layer makes, valid until the next one.</summary>
    public Action<Tensor>? Output { get; set; }

    public int Height(FrameLevel level) => level.Scale * workspace.LatentHeight;

    public int Width(FrameLevel level) => level.Scale * workspace.LatentWidth;

    public Tensor Scratch(int slot) => workspace[slot];

    public FrameMemory Memory(int slot) => memories[slot];
}
