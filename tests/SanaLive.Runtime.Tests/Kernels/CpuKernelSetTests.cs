using System.Collections.Concurrent;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Kernels.Scalar;

namespace SanaLive.Runtime.Tests.Kernels;

public sealed class CpuKernelSetTests
{
    private static readonly ConcurrentDictionary<string, float[]> Truth = new();

    public static TheoryData<CpuInstructionSet, string> CasesOnEverySet()
    {
        var data = new TheoryData<CpuInstructionSet, string>();
        foreach (var set in CpuInstructionSets.Supported)
        {
            foreach (var kernelCase in KernelCases.All)
                data.Add(set, kernelCase.Name);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(CasesOnEverySet))]
    public void Kernel_OnEveryInstructionSet_EqualsTheTruthInDouble(CpuInstructionSet set, string name)
    {
        var kernelCase = KernelCases.Named(name);
        using var kernels = new CpuKernelSet(2, set);

        var expected = Truth.GetOrAdd(name, _ => kernelCase.Run(new ScalarKernelSet<double>()));
        var actual = kernelCase.Run(kernels);

        var largest = expected.Max(MathF.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = MathF.Abs(expected[i] - actual[i]);
            Assert.True(
                difference <= (2e-6f * (1 + largest)) + kernelCase.Slack,
                $"{name}: element {i} is {actual[i]}, should be {expected[i]}; the largest is {largest}.");
        }
    }

    [Theory]
    [MemberData(nameof(CasesOnEverySet))]
    public void Kernel_OnOneTwoAndThreeThreads_GivesTheSameBits(CpuInstructionSet set, string name)
    {
        var kernelCase = KernelCases.Named(name);
        using var one = new CpuKernelSet(1, set);
        using var two = new CpuKernelSet(2, set);
        using var three = new CpuKernelSet(3, set);

        var expected = kernelCase.Run(one);

        Assert.Equal(Bits(expected), Bits(kernelCase.Run(two)));
        Assert.Equal(Bits(expected), Bits(kernelCase.Run(three)));
    }

    [Fact]
    public void Kernel_AfterItsFirstCall_AllocatesNothing()
    {
        using var kernels = new CpuKernelSet(2);
        foreach (var kernelCase in KernelCases.All)
        {
            using var output = kernels.Create(kernelCase.Rows, kernelCase.Columns);
            var call = kernelCase.Prepare(kernels, output);
            call();

            // What a kernel allocates it allocates at every call; a thread that waits for the first time, on a busy machine, does once.
            var least = long.MaxValue;
            for (var i = 0; i < 5 && least > 0; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                call();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.True(least == 0, $"{kernelCase.Name} allocates {least} bytes at every call.");
        }
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Int8)]
    [InlineData(Precision.Bf16)]
    public void Linear_WhenAnInputIsNotANumber_SaysSoInTheOutput(Precision precision)
    {
        using var kernels = new CpuKernelSet(1);
        using var x = kernels.Create(2, 16);
        using var y = kernels.Create(2, 16);
        var weight = new float[16 * 16];
        Array.Fill(weight, 1f);
        using var w = kernels.PackLinear(weight, 16, 16, [], precision);
        var values = new float[32];
        values[3] = float.NaN;
        kernels.Write(x, values);

        kernels.Linear(x, w, y, new Epilogue(Activation.Silu));

        kernels.Read(y, values);
        Assert.All(values[..16], v => Assert.True(float.IsNaN(v)));
        Assert.All(values[16..], v => Assert.Equal(0f, v));
    }

    [Fact]
    public void Linear_InBf16_OfWeightsThatAreBf16_GivesTheBitsOfFp32()
    {
        var random = new Random(4);
        var weight = Enumerable.Range(0, 70 * 33).Select(_ => BFloat16.Round((random.NextSingle() - 0.5f) * 8)).ToArray();
        var values = Enumerable.Range(0, 130 * 33).Select(_ => random.NextSingle() - 0.5f).ToArray();
        foreach (var set in CpuInstructionSets.Supported)
        {
            using var kernels = new CpuKernelSet(2, set);
            using var plain = kernels.PackLinear(BFloat16.Widen(weight), 70, 33, []);
            using var halves = kernels.PackLinear(weight, 70, 33, []);
            Assert.Equal(Bits(Run(kernels, plain)), Bits(Run(kernels, halves)));
        }

        float[] Run(CpuKernelSet kernels, Weights weights)
        {
            using var x = kernels.Create(130, 33);
            using var y = kernels.Create(130, 70);
            kernels.Write(x, values);
            kernels.Linear(x, weights, y);
            var result = new float[130 * 70];
            kernels.Read(y, result);
            return result;
        }
    }

    [Theory]
    [InlineData(1f, 0x3F80)]
    [InlineData(-0f, 0x8000)]
    [InlineData(1.00390625f, 0x3F80)]
    [InlineData(1.01171875f, 0x3F82)]
    [InlineData(1.004f, 0x3F81)]
    [InlineData(float.MaxValue, 0x7F80)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    [InlineData(1e-45f, 0x0000)]
    public void BFloat16_RoundsToTheNearestAndTiesToEven(float value, ushort bits) => Assert.Equal(bits, BFloat16.Round(value));

    [Fact]
    public void BFloat16_OfWhatIsNotANumber_IsNone() => Assert.True(float.IsNaN(BFloat16.Widen(BFloat16.Round(BitConverter.UInt32BitsToSingle(0x7F800001)))));

    [Fact]
    public void Linear_InInt8_GivesTheSameSumsHoweverBytesAreMultiplied()
    {
        // Whole numbers up to 127 with a largest of 127 in every row and every output are their own steps: the products are exact.
        const int rows = 13, inputs = 50, outputs = 21;
        var random = new Random(5);
        var (x, weight) = (Whole(rows), Whole(outputs));
        var expected = new float[rows * outputs];
        for (var i = 0; i < expected.Length; i++)
        {
            for (var k = 0; k < inputs; k++)
                expected[i] += x[(i / outputs * inputs) + k] * weight[(i % outputs * inputs) + k];
        }

        foreach (var set in CpuInstructionSets.Supported)
        {
            foreach (var products in CpuKernels.ByteProductsOf(set))
            {
                using var kernels = new CpuKernelSet(2, set, products);
                using var w = kernels.PackLinear(weight, outputs, inputs, [], Precision.Int8);
                using var input = kernels.Create(rows, inputs);
                using var y = kernels.Create(rows, outputs);
                kernels.Write(input, x);
                kernels.Linear(input, w, y);
                var actual = new float[expected.Length];
                kernels.Read(y, actual);
                Assert.Equal(expected, actual);
            }
        }

        float[] Whole(int count)
        {
            var values = new float[count * inputs];
            for (var i = 0; i < values.Length; i++)
                values[i] = i % inputs == i / inputs ? 127 : random.Next(-127, 128);
            return values;
        }
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-38f)]
    [InlineData(float.PositiveInfinity)]
    public void Linear_InInt8_WithARowOfNothingOrOfInfinities_HarmsNoOtherRow(float value)
    {
        using var kernels = new CpuKernelSet(1);
        using var x = kernels.Create(2, 8);
        using var y = kernels.Create(2, 8);
        using var w = kernels.PackLinear(Enumerable.Repeat(1f, 64).ToArray(), 8, 8, [], Precision.Int8);
        kernels.Write(x, [.. Enumerable.Repeat(value, 8), .. Enumerable.Repeat(0.5f, 8)]);
        var result = new float[16];

        kernels.Linear(x, w, y);

        kernels.Read(y, result);
        Assert.All(result[..8], v => Assert.True(float.IsFinite(value) ? MathF.Abs(v) < 1e-30f : float.IsNaN(v)));
        Assert.All(result[8..], v => Assert.Equal(4f, v, 1e-5f));
    }

    [Fact]
    public void CrossAttention_WithLargeScores_StaysFinite()
    {
        using var kernels = new CpuKernelSet(1);
        using var q = kernels.Create(3, 16);
        using var k = kernels.Create(5, 16);
        using var y = kernels.Create(3, 16);
        kernels.Write(q, Enumerable.Repeat(1e4f, 48).ToArray());
        kernels.Write(k, Enumerable.Range(0, 80).Select(i => i / 16 == 2 ? 1e4f : -1e4f).ToArray());

        kernels.CrossAttention(q, k, k, 1, y);

        var result = new float[48];
        kernels.Read(y, result);
        Assert.All(result, v => Assert.Equal(1e4f, v));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(20_000)]
    public void ReadBytes_OnEveryInstructionSet_RoundsAndHoldsWithinAByte(int count)
    {
        var values = Enumerable.Range(0, count).Select(i => (i % 300 / 100f) - 1.5f).ToArray();
        values[count / 2] = float.NaN;
        var expected = values.Select(v => (byte)(float.IsNaN(v) ? 0 : Math.Clamp(Math.Floor((v * 127.5) + 128), 0, 255))).ToArray();
        foreach (var set in CpuInstructionSets.Supported)
        {
            using var kernels = new CpuKernelSet(2, set);
            using var tensor = kernels.Create(1, count);
            kernels.Write(tensor, values);
            var bytes = new byte[count];

            kernels.ReadBytes(tensor, 127.5f, 127.5f, bytes);

            for (var i = 0; i < count; i++)
                Assert.InRange(bytes[i], Math.Max(0, expected[i] - 1), Math.Min(255, expected[i] + 1));
            Assert.True(bytes.Zip(expected).Count(pair => pair.First != pair.Second) <= count / 50);
        }
    }

    [Fact]
    public void Slice_OfATensor_SharesItsNumbers()
    {
        using var kernels = new CpuKernelSet(1);
        using var whole = kernels.Create(4, 3);
        using var part = whole.Slice(1, 2);

        kernels.Write(part, new float[] { 1, 2, 3, 4, 5, 6 });

        var values = new float[12];
        kernels.Read(whole, values);
        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0], values);
        Assert.Throws<ArgumentOutOfRangeException>(() => whole.Slice(3, 2));
    }

    [Fact]
    public void Kernel_WithShapesThatDoNotFit_NamesThem()
    {
        using var kernels = new CpuKernelSet(1);
        using var x = kernels.Create(4, 8);
        using var y = kernels.Create(4, 5);
        using var w = kernels.PackLinear(new float[6 * 8], 6, 8, []);

        var wrong = Assert.Throws<ArgumentException>(() => kernels.Linear(x, w, y));

        Assert.Contains("[4, 8]", wrong.Message);
        Assert.Contains("6 x 8", wrong.Message);
        Assert.Throws<ArgumentException>(() => kernels.Conv3x3(x, w, 2, 2, y));
        Assert.Throws<ArgumentException>(() => kernels.RmsNorm(x, y, 1e-5f, false, x));
        Assert.Throws<ArgumentException>(() => kernels.PackLinear(new float[5], 2, 3, []));
        Assert.Throws<ArgumentException>(() => kernels.Linear(x, w, x, new Epilogue(Residual: y)));
    }

    [Fact]
    public void Kernel_OnATensorOfAnotherKernelSet_Refuses()
    {
        using var kernels = new CpuKernelSet(1);
        using var other = new ScalarKernelSet<float>();
        using var foreign = other.Create(2, 2);

        Assert.Throws<ArgumentException>(() => kernels.Clear(foreign));
    }

    [Fact]
    public void Kernel_OnADisposedTensor_Refuses()
    {
        using var kernels = new CpuKernelSet(1);
        var tensor = kernels.Create(2, 2);
        var view = tensor.Slice(0, 1);
        tensor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => kernels.Scale(view, 2f));
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
