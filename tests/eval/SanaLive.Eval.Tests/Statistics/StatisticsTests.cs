using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Tests.Statistics;

public sealed class StatisticsTests
{
    // Reference values: Wilson's formula worked out by hand for 95 of 100, 0 of 10 and 10 of 10.
    [Theory]
    [InlineData(95, 100, .8882, .9785)]
    [InlineData(0, 10, 0, .2775)]
    [InlineData(10, 10, .7225, 1)]
    public void Wilson_KnownShares_HaveTheKnownIntervals(int successes, int count, double low, double high)
    {
        var interval = Wilson.Share(successes, count);
        Assert.Equal(low, interval.Low, 1e-3);
        Assert.Equal(high, interval.High, 1e-3);
        Assert.Equal((double)successes / count, interval.Value, 1e-12);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Wilson_ImpossibleCounts_AreRefused(int successes, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Share(successes, count));

    [Fact]
    public void Bootstrap_OfNormalNumbers_IsAboutTwoStandardErrorsWide()
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, 400).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
        var interval = Bootstrap.Mean(values);
        Assert.InRange(interval.High - interval.Low, 2 * 1.96 * .05 * .85, 2 * 1.96 * .05 * 1.15);
        Assert.Equal(values.Average(), interval.Value, 1e-12);
    }

    [Fact]
    public void Bootstrap_TheSameUnits_AlwaysGetTheSameInterval() => Assert.Equal(Bootstrap.Mean([1, 2, 5, 9]), Bootstrap.Mean([1, 2, 5, 9]));

    [Fact]
    public void Bootstrap_OfNothing_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Bootstrap.Mean([]));

    [Fact]
    public void Eigen_OfAKnownMatrix_IsKnown()
    {
        var (values, vectors) = SymmetricMatrix.Eigen(new double[,] { { 2, 1 }, { 1, 2 } });
        Assert.Equal([1, 3], values.Order().Select(value => Math.Round(value, 10)));
        var three = Array.FindIndex(values, value => value > 2);
        Assert.Equal(Math.Abs(vectors[0, three]), Math.Abs(vectors[1, three]), 1e-10);
    }

    [Fact]
    public void Root_TimesItself_IsTheCovariance()
    {
        var covariance = new double[,] { { 4, 1, 0 }, { 1, 3, -1 }, { 0, -1, 2 } };
        var root = SymmetricMatrix.Root(covariance);
        var again = SymmetricMatrix.Product(root, root);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
                Assert.Equal(covariance[i, j], again[i, j], 1e-10);
        }
    }

    [Fact]
    public void Frechet_OfCloudsMovedApart_IsTheSquaredDistance()
    {
        var cloud = Cloud(1, 200, 1);
        var moved = cloud.Select(row => new[] { row[0] + 3, row[1] - 4 }).ToArray();
        Assert.Equal(25, new Frechet(cloud).To(moved), 1e-3);
        Assert.Equal(0, new Frechet(cloud).To(cloud), 1e-6);
    }

    [Fact]
    public void Frechet_OfAWiderCloud_IsTheDifferenceOfTheDeviations()
    {
        var cloud = Cloud(2, 500, 1);
        var mean = new[] { cloud.Average(row => row[0]), cloud.Average(row => row[1]) };
        var wide = cloud.Select(row => new[] { mean[0] + 2 * (row[0] - mean[0]), mean[1] + 2 * (row[1] - mean[1]) }).ToArray();
        var variances = Enumerable.Range(0, 2).Sum(i => cloud.Sum(row => Math.Pow(row[i] - mean[i], 2)) / (cloud.Length - 1));
        Assert.Equal(variances, new Frechet(cloud).To(wide), 1e-3);
    }

    [Fact]
    public void Frechet_OfFewerRowsThanFeatures_IsStillANumber()
    {
        var few = Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, 8).Select(j => (float)Math.Sin(i * 8 + j)).ToArray()).ToArray();
        Assert.Equal(0, new Frechet(few).To(few), 1e-6);
    }

    private static float[][] Cloud(int seed, int count, double deviation)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new[] { (float)(deviation * (random.NextDouble() - .5)), (float)(deviation * (random.NextDouble() - .5)) })];
    }
}
