using System.Text.RegularExpressions;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Tests.Kernels;

/// <summary>What makes a kernel set for another device possible: nobody reaches around <see cref="KernelSet"/> (gpu-runtime/KERNELS.md).</summary>
public sealed partial class KernelSeamTests
{
    private static readonly string Runtime = Path.Combine(Repository.Root, "gpu-runtime", "SanaLive.Runtime");

    [Fact]
    public void Models_NameNoKernelSetThatExists()
    {
        var sources = Directory.GetFiles(Runtime, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(Runtime, path).Replace(Path.DirectorySeparatorChar, '/'), Text: File.ReadAllText(path)))
            .Where(source => !source.Name.StartsWith("Kernels/", StringComparison.Ordinal) && !source.Name.StartsWith("obj/", StringComparison.Ordinal) && !source.Name.StartsWith("bin/", StringComparison.Ordinal))
            .ToArray();
        Assert.True(sources.Length > 100, $"Only {sources.Length} sources were found in {Runtime}.");

        // An engine owns a device, and so is the place where one is chosen.
        var naming = sources.Where(source => !source.Name.StartsWith("Engine/CpuEngine", StringComparison.Ordinal) && AKernelSet().IsMatch(source.Text)).Select(source => source.Name);

        Assert.Empty(naming);
    }

    [Fact]
    public void Tensors_ShowNobodyWhereTheirNumbersAre()
    {
        foreach (var type in new[] { typeof(Tensor), typeof(Weights), typeof(KernelSet) })
        {
            var shown = type.GetMembers().Where(member => member.ToString()!.Contains('*') || member.ToString()!.Contains("IntPtr", StringComparison.Ordinal));
            Assert.Empty(shown);
        }
    }

    [GeneratedRegex(@"\bKernels\.(Cpu|Scalar)\b|\b(Cpu|Scalar)(KernelSet|Kernels|Tensor|Weights)\b")]
    private static partial Regex AKernelSet();
}
