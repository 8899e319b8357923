namespace SanaLive.Eval.Statistics;

/// <summary>
/// The Frechet distance of two clouds of features, each taken for a Gaussian:
/// <c>|m1 - m2|^2 + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2)</c>.
/// </summary>
internal sealed class Frechet
{
    private readonly double[] mean;
    private readonly double trace;
    private readonly double[,] root;

    /// <param name="reference">[rows][features]; at least two rows. The first cloud, to which others are compared.</param>
    public Frechet(IReadOnlyList<float[]> reference)
    {
        (mean, var covariance) = Gaussian(reference);
        trace = Trace(covariance);
        root = SymmetricMatrix.Root(covariance);
    }

    public double To(IReadOnlyList<float[]> rows)
    {
        var (other, covariance) = Gaussian(rows);
        if (other.Length != mean.Length)
            throw new ArgumentException($"Rows of {other.Length} features cannot be compared with rows of {mean.Length}.", nameof(rows));
        var distance = other.Zip(mean, (a, b) => (a - b) * (a - b)).Sum();
        var values = SymmetricMatrix.Eigenvalues(SymmetricMatrix.Product(SymmetricMatrix.Product(root, covariance), root));
        return Math.Max(0, distance + trace + Trace(covariance) - 2 * values.Sum(value => Math.Sqrt(Math.Max(0, value))));
    }

    private static (double[] Mean, double[,] Covariance) Gaussian(IReadOnlyList<float[]> rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Count, 2);
        var size = rows[0].Length;
        var mean = new double[size];
        foreach (var row in rows)
        {
            for (var i = 0; i < size; i++)
                mean[i] += (double)row[i] / rows.Count;
        }

        var covariance = new double[size, size];
        foreach (var row in rows)
        {
            for (var i = 0; i < size; i++)
            {
                var a = (row[i] - mean[i]) / (rows.Count - 1);
                for (var j = 0; j < size; j++)
                    covariance[i, j] += a * (row[j] - mean[j]);
            }
        }

        return (mean, covariance);
    }

    private static double Trace(double[,] matrix)
    {
        var sum = 0.0;
        for (var i = 0; i < matrix.GetLength(0); i++)
            sum += matrix[i, i];
        return sum;
    }
}
