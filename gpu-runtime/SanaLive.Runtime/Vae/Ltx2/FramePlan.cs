using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// What memory a chain of layers needs: what is kept from frame to frame, and what is only worked in, which layers of one level share
/// by name. Both are made for a size of latents.
/// </summary>
internal sealed class FramePlan
{
    private readonly List<(int Scale, int Channels)> memories = [];
    private readonly List<(int Scale, int Channels)> scratch = [];
    private readonly Dictionary<(string Name, int Level, int Channels), int> named = [];

    /// <summary>Two frames to be kept.</summary>
    public int Keep(FrameLevel level, int channels)
    {
        memories.Add((level.Scale, channels));
        return memories.Count - 1;
    }

    /// <summary>A frame to work in.</summary>
    public int Use(string name, FrameLevel level, int channels)
    {
        if (named.TryGetValue((name, level.Index, channels), out var known))
            return known;
        scratch.Add((level.Scale, channels));
        return named[(name, level.Index, channels)] = scratch.Count - 1;
    }

    public FrameMemory[] CreateMemories(KernelSet kernels, int latentHeight, int latentWidth) =>
        [.. memories.Select(slot => new FrameMemory(kernels, Rows(slot.Scale, latentHeight, latentWidth), slot.Channels))];

    public FrameWorkspace CreateWorkspace(KernelSet kernels, int latentHeight, int latentWidth) =>
        new([.. scratch.Select(slot => kernels.Create(Rows(slot.Scale, latentHeight, latentWidth), slot.Channels))], latentHeight, latentWidth);

    /// <summary>Bytes that are kept from frame to frame.</summary>
    public long MemoryBytes(int latentHeight, int latentWidth) => memories.Sum(slot => 2 * Bytes(slot, latentHeight, latentWidth));

    /// <summary>Bytes that are worked in.</summary>
    public long WorkspaceBytes(int latentHeight, int latentWidth) => scratch.Sum(slot => Bytes(slot, latentHeight, latentWidth));

    private static long Bytes((int Scale, int Channels) slot, int height, int width) =>
        (long)slot.Scale * slot.Scale * height * width * slot.Channels * sizeof(float);

    private static int Rows(int scale, int height, int width) => checked(scale * height * scale * width);
}
