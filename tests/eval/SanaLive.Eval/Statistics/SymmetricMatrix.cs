namespace SanaLive.Eval.Statistics;

/// <summary>Eigenvalues of symmetric matrices by Jacobi's rotations; small sizes only.</summary>
internal static class SymmetricMatrix
{
    private const int MostSweeps = 60;

    private const double Precision = 1e-10;

    /// <param name="matrix">[size, size], symmetric; it is not changed.</param>
    /// <returns>The eigenvalues, and the eigenvectors as columns.</returns>
    public static (double[] Values, double[,] Vectors) Eigen(double[,] matrix)
    {
        var size = matrix.GetLength(0);
        var vectors = new double[size, size];
        for (var i = 0; i < size; i++)
            vectors[i, i] = 1;
        return (Eigenvalues(matrix, vectors), vectors);
    }

    /// <param name="matrix">[size, size], symmetric; it is not changed.</param>
    /// <param name="vectors">Turned along with it; null when they are not wanted.</param>
    public static double[] Eigenvalues(double[,] matrix, double[,]? vectors = null)
    {
        var size = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var scale = 0.0;
        foreach (var value in a)
            scale = Math.Max(scale, Math.Abs(value));
        for (var sweep = 0; sweep < MostSweeps && Rotate(a, vectors, size, scale * Precision); sweep++)
        {
        }

        return [.. Enumerable.Range(0, size).Select(i => a[i, i])];
    }

    /// <summary>The symmetric root of a covariance; what rounding made negative counts as zero.</summary>
    public static double[,] Root(double[,] covariance)
    {
        var (values, vectors) = Eigen(covariance);
        var size = values.Length;
        var root = new double[size, size];
        for (var k = 0; k < size; k++)
        {
            var value = Math.Sqrt(Math.Max(0, values[k]));
            for (var i = 0; i < size && value > 0; i++)
            {
                for (var j = 0; j < size; j++)
                    root[i, j] += value * vectors[i, k] * vectors[j, k];
            }
        }

        return root;
    }

    public static double[,] Product(double[,] a, double[,] b)
    {
        var size = a.GetLength(0);
        var product = new double[size, size];
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < size; k++)
            {
                var factor = a[i, k];
                for (var j = 0; j < size; j++)
                    product[i, j] += factor * b[k, j];
            }
        }

        return product;
    }

    /// <summary>One sweep over all pairs; false when nothing above the limit was left.</summary>
    private static bool Rotate(double[,] a, double[,]? v, int size, double limit)
    {
        var rotated = false;
        for (var p = 0; p < size; p++)
        {
            for (var q = p + 1; q < size; q++)
            {
                if (Math.Abs(a[p, q]) <= limit)
                    continue;
                rotated = true;
                var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
                var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
                var c = 1 / Math.Sqrt(t * t + 1);
                var s = t * c;
                for (var k = 0; k < size; k++)
                    (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]);
                for (var k = 0; k < size; k++)
                    (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]);
                for (var k = 0; v is not null && k < size; k++)
                    (v[k, p], v[k, q]) = (c * v[k, p] - s * v[k, q], s * v[k, p] + c * v[k, q]);
            }
        }

        return rotated;
    }
}
