using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Kernels.Scalar;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>Every kernel set of this machine, by name.</summary>
internal static class KernelSets
{
    private static readonly Dictionary<string, Func<KernelSet>> Known = All();

    public static IEnumerable<string> Names => Known.Keys;

    public static KernelSet Create(string name) => Known[name]();

    private static Dictionary<string, Func<KernelSet>> All()
    {
        var sets = new Dictionary<string, Func<KernelSet>>
        {
            ["scalar/fp32"] = () => new ScalarKernelSet<float>(),
            ["scalar/fp64"] = () => new ScalarKernelSet<double>(),
        };
        foreach (var instructions in CpuInstructionSets.Supported)
            sets.Add($"cpu/{instructions}", () => new CpuKernelSet(2, instructions));
        return sets;
    }
}
