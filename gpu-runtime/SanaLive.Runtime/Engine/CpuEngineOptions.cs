using System.ComponentModel.DataAnnotations;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Engine;

/// <summary>Settings of an engine on the processor.</summary>
public sealed class CpuEngineOptions
{
    /// <summary>The engine's name within the process.</summary>
    [Required]
    [StringLength(64, MinimumLength = 1)]
    public string Name { get; set; } = "cpu-0";

    /// <summary>Threads that compute; 0 takes one for every processor that the process may use.</summary>
    [Range(0, 256)]
    public int Threads { get; set; }

    /// <summary>Vectors to use; null takes the widest that the processor runs.</summary>
    public CpuInstructionSet? InstructionSet { get; set; }

    /// <summary>
    /// Of the transformer's linears; part of what makes frames equal bit for bit. Null: as the model says, see <see cref="ModelIndex.Precision"/>,
    /// where the processor multiplies bytes faster than floats; else fp32.
    /// </summary>
    public Precision? Precision { get; set; }

    /// <summary>Of the pictures, where the model leaves a choice (published LongSANA); null: its own.</summary>
    public PictureSize? Size { get; set; }

    /// <summary>Bytes of memory that are free: a published model that needs more for one stream is not loaded.</summary>
    public Func<long> AvailableMemory { get; set; } = MachineMemory.Available;

    /// <summary>Requests that may wait; one more is refused.</summary>
    [Range(1, 10_000)]
    public int QueueCapacity { get; set; } = 256;

    /// <summary>Blocks made at start to measure the engine's speed, after one to warm up. Those of its streams go on with that.</summary>
    [Range(1, 20)]
    public int WarmUpBlocks { get; set; } = 1;
}
