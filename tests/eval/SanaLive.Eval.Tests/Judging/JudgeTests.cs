using SanaLive.Eval.Judging;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Eval.Tests.Judging;

public sealed class JudgeTests
{
    private const double Tolerance = 1e-3;

    /// <summary>The frozen judge says in C# what it says in PyTorch, of three moving patterns that both draw anew.</summary>
    [Fact]
    public void Judge_OfRecordedPatterns_SaysWhatPyTorchSays()
    {
        var tests = Folder();
        using var kernels = new CpuKernelSet(1);
        using var judge = Judge.Load(Path.Combine(tests, "eval", "judge"), kernels);
        using var golden = SafetensorsFile.Open(Path.Combine(tests, "golden", "judge", "io.safetensors"));
        for (var clip = 0; clip < 3; clip++)
        {
            var verdict = judge.Look(Pattern(judge, clip));
            Same(Row("features"), verdict.Features, "features");
            for (var a = 0; a < judge.Attributes.Count; a++)
                Same(Row($"probabilities.{judge.Attributes[a].Name}"), verdict.Probabilities[a], judge.Attributes[a].Name);

            float[] Row(string name)
            {
                var all = golden.ReadFloats(golden.Tensors[name]);
                return all[(clip * all.Length / 3)..((clip + 1) * all.Length / 3)];
            }
        }
    }

    [Fact]
    public void Judge_OfPicturesOfAnotherSize_SaysWhichItWants()
    {
        using var kernels = new CpuKernelSet(1);
        using var judge = Judge.Load(Path.Combine(Folder(), "eval", "judge"), kernels);
        Assert.Contains("320 x 192", Assert.Throws<ArgumentException>(() => judge.Look(new byte[100])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mean_OfVerdicts_IsOneOpinion()
    {
        var mean = Verdict.Mean([new([[.6f, .4f]], [1]), new([[.6f, .4f]], [2]), new([[0, 1]], [6])]);
        Assert.Equal(1, mean.Of(0));
        Assert.Equal([3f], mean.Features);
        Assert.Throws<ArgumentException>(() => Verdict.Mean([]));
    }

    private static void Same(float[] expected, float[] actual, string name)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * Math.Max(1, Math.Abs(expected[i])), $"{name}[{i}]: {actual[i]}, recorded {expected[i]}");
    }

    /// <summary><c>pattern</c> in <c>judge.py</c>.</summary>
    private static byte[] Pattern(Judge judge, int clip)
    {
        var frames = new byte[judge.Frames * judge.Height * judge.Width * 3];
        for (var i = 0; i < frames.Length; i++)
        {
            var (c, x, y, t) = (i % 3, i / 3 % judge.Width, i / 3 / judge.Width % judge.Height, i / 3 / judge.Width / judge.Height);
            frames[i] = (byte)((3 * Wave(x * (5 + c) + y * (3 + 2 * c) + t * new[] { -40, 0, 25 }[clip] + 100_000) + Wave(x * 2 + y * 7 + t * 9 + 50 * clip)) / 4);
        }

        return frames;

        static int Wave(int n) => 255 - Math.Abs(n % 510 - 255);
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln")))
                return Path.Combine(folder.FullName, "tests");
        }

        throw new InvalidOperationException($"SanaLive.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
