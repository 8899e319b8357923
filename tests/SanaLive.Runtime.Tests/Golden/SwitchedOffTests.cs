using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// Processors that have less: the goldens and the 8-bit products in a child process to which the runtime denies instruction sets, so
/// that what is chosen at start, and what the JIT makes of portable vectors, is that of such a processor.
/// </summary>
public sealed partial class SwitchedOffTests
{
    [Theory]
    [InlineData("DOTNET_EnableAVX512", CpuInstructionSet.Vector256)]
    [InlineData("DOTNET_EnableAVX2", CpuInstructionSet.Vector128)]
    [InlineData("DOTNET_EnableAVXVNNI", CpuInstructionSet.Vector512)]
    [InlineData("DOTNET_EnableHWIntrinsic", CpuInstructionSet.Vector128)]
    [Trait("suite", "golden")]
    public async Task Goldens_WithAnInstructionSetSwitchedOff_AreMatchedByWhatIsLeft(string variable, CpuInstructionSet widest)
    {
        var left = CpuInstructionSets.Supported.Count(set => set <= widest);
        var cases = GoldenTests.Cases().Select(row => (string)row[1]).Count(name => name == $"cpu/{CpuInstructionSet.Vector128}");
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            ["vstest", typeof(SwitchedOffTests).Assembly.Location, "--TestCaseFilter:(FullyQualifiedName~Golden_Recorded&DisplayName~cpu/)|FullyQualifiedName~Linear_InInt8_GivesTheSameSums"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment[variable] = "0";
        using var child = Process.Start(start)!;
        var (output, errors) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        await child.WaitForExitAsync();

        Assert.True(child.ExitCode == 0, $"{variable}=0:\n{await output}\n{await errors}");
        var passed = Passed().Match(await output);
        Assert.True(passed.Success, await output);

        // So many and no more: the wider kernels were really not there.
        Assert.Equal((cases * left) + 1, int.Parse(passed.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"Passed:\s+(\d+)")]
    private static partial Regex Passed();
}
