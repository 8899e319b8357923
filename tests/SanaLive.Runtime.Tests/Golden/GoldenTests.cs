using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// Walks the folder named by SANALIVE_GOLDEN (else tests/golden) and runs every case of a known kind on every kernel set.
/// A folder's name says its kind; its files say its dimensions.
/// </summary>
public sealed class GoldenTests(ITestOutputHelper output)
{
    private static readonly (Regex Name, Action<GoldenCase> Run, double? Looseness)[] Kinds =
    [
        (new(@"^a\d+_"), TransformerGolden.Run, null),
        (new(@"^b1_"), LayerGolden.LinearAttention, null),
        (new(@"^b2_"), LayerGolden.MixFfn, null),
        (new(@"^b3_"), TableGolden.Run, null),
        (new(@"^c1_"), WanVaeGolden.Run, null),
        (new(@"^d1_"), Ltx2Golden.Clips, null),
        (new(@"^d2_"), DcAeGolden.Run, null),
        (new(@"^d3_"), Ltx2Golden.Stream, null),
        (new(@"^e1_"), SchedulerGolden.Run, null),
        (new(@"^f1_"), GemmaGolden.Run, null),
        (new(@"^g1_"), PipelineGolden.Run, null),
        (new(@"^h1_bf16_"), BlockGolden.Run, 1e-2),
        (new(@"^h1_"), BlockGolden.Run, null),
        (new(@"^h2_"), LongSanaGolden.Run, null),
        (new(@"^h5_"), RolloutGolden.Run, null),
        (new(@"^world_vae"), WorldVaeGolden.Run, null),
        (new(@"^world_text"), WorldTextGolden.Run, null),
    ];

    private const string NoCase = "none";

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var name in Folders().Where(name => KindOf(name) is not null))
        {
            foreach (var kernels in KernelSets.Names)
                cases.Add(name, kernels);
        }

        // A theory without a case fails, but a folder of kinds that are not implemented must fail nothing.
        if (cases.Count == 0)
            cases.Add(NoCase, NoCase);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("suite", "golden")]
    public void Golden_Recorded_IsMatched(string name, string kernelSet)
    {
        if (name == NoCase)
            return;
        using var kernels = KernelSets.Create(kernelSet);
        var (run, looseness) = KindOf(name)!.Value;
        using var golden = new GoldenCase(name, kernels, looseness);
        run(golden);
    }

    [Fact]
    [Trait("suite", "golden")]
    public void Golden_UnknownKinds_ArePrintedAsSkipped()
    {
        Assert.True(Folders().Any(), $"{Repository.Golden} holds no cases.");
        foreach (var name in Folders().Where(name => KindOf(name) is null))
        {
            output.WriteLine($"skipped: {name} (this kind is not implemented)");
            Console.WriteLine($"skipped: golden {name} (this kind is not implemented)");
        }
    }

    private static IEnumerable<string> Folders() => Directory.GetDirectories(Repository.Golden)
        .Where(folder => File.Exists(Path.Combine(folder, "case.json")))
        .Select(folder => Path.GetFileName(folder))
        .Order(StringComparer.Ordinal);

    private static (Action<GoldenCase> Run, double? Looseness)? KindOf(string name)
    {
        foreach (var (pattern, run, looseness) in Kinds)
        {
            if (pattern.IsMatch(name))
                return (run, looseness);
        }

        return null;
    }
}
