using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>What every convolution of an LTX-2 decoder or encoder has seen last.</summary>
internal sealed class Ltx2History(KernelSet kernels, FrameMemory[] memories)
    : DecoderHistory(kernels, [.. memories.SelectMany(memory => new[] { memory.Older, memory.Old })])
{
    public FrameMemory[] Memories => memories;

    public override void Clear()
    {
        base.Clear();
        foreach (var memory in memories)
            memory.Forget();
    }

    public override void CopyFrom(DecoderHistory other)
    {
        base.CopyFrom(other);
        for (var i = 0; i < memories.Length; i++)
            memories[i].CopyFlags(((Ltx2History)other).Memories[i]);
    }
}
