using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Tests.Vae;

/// <summary>Convolutions between two sizes, against the same thing done in two steps.</summary>
public sealed class SquareConvTests
{
    private const int Height = 4;
    private const int Width = 6;
    private const int Inputs = 3;
    private const int Outputs = 2;

    [Fact]
    public void Halving_OfAPicture_IsEverySecondPixelOfTheConvolution()
    {
        var (whole, weight) = (Numbers(Height * Width * Inputs, 1), Numbers(Outputs * Inputs * 9, 2));
        var expected = Conv(whole, weight, Outputs, Inputs, Height, Width)
            .Where((_, i) => i / Outputs / Width % 2 == 0 && i / Outputs % Width % 2 == 0);
        using var kernels = new ScalarKernelSet<double>();
        using var x = kernels.Create(Height * Width, Inputs);
        using var squares = kernels.Create(Height * Width / 4, 4 * Inputs);
        kernels.Write(x, whole);
        kernels.SpaceToDepth(x, Height, Width, 2, squares);
        Near(expected, Conv(Read(kernels, squares), SquareConv.Halving(weight, Outputs, Inputs), Outputs, 4 * Inputs, Height / 2, Width / 2));
    }

    [Fact]
    public void Doubling_OfAPicture_IsTheConvolutionOfItsRepeatedPixels()
    {
        var (small, weight) = (Numbers(Height * Width * Inputs, 3), Numbers(Outputs * Inputs * 9, 4));
        var repeated = Enumerable.Range(0, 4 * small.Length)
            .Select(i => (Channel: i % Inputs, X: i / Inputs % (2 * Width), Y: i / Inputs / (2 * Width)))
            .Select(at => small[(at.Y / 2 * Width + at.X / 2) * Inputs + at.Channel]).ToArray();
        using var kernels = new ScalarKernelSet<double>();
        using var deep = kernels.Create(Height * Width, 4 * Outputs);
        using var fine = kernels.Create(4 * Height * Width, Outputs);
        kernels.Write(deep, Conv(small, SquareConv.Doubling(weight, Outputs, Inputs), 4 * Outputs, Inputs, Height, Width));
        kernels.DepthToSpace(deep, Height, Width, 2, fine);
        Near(Conv(repeated, weight, Outputs, Inputs, 2 * Height, 2 * Width), Read(kernels, fine));
    }

    [Fact]
    public void Means_OfSquares_AverageNeighboursInTheCheckpointsOrder()
    {
        // Two channels of four places each, and four outputs: groups of (0 0), (0 1), (1 0), (1 1) of a channel, two and two.
        var means = SquareConv.Means(4, 2);
        Assert.Equal([0.5f, 0, 0.5f, 0, 0, 0, 0, 0], means[..8]);
        Assert.Equal([0, 0, 0, 0, 0.5f, 0, 0.5f, 0], means[8..16]);
        Assert.Equal([0, 0.5f, 0, 0.5f, 0, 0, 0, 0], means[16..24]);
    }

    private static float[] Conv(float[] values, float[] weight, int outputs, int inputs, int height, int width)
    {
        using var kernels = new ScalarKernelSet<double>();
        using var x = kernels.Create(height * width, inputs);
        using var y = kernels.Create(height * width, outputs);
        using var packed = kernels.PackConv3x3(weight, outputs, inputs, []);
        kernels.Write(x, values);
        kernels.Conv3x3(x, packed, height, width, y);
        return Read(kernels, y);
    }

    private static float[] Read(KernelSet kernels, Tensor tensor)
    {
        var values = new float[tensor.Count];
        kernels.Read(tensor, values);
        return values;
    }

    private static float[] Numbers(int count, ulong seed)
    {
        var values = new float[count];
        CounterNoise.Fill(seed, 0, 0, values);
        return values;
    }

    private static void Near(IEnumerable<float> expected, float[] actual)
    {
        Assert.Equal(expected.Count(), actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
