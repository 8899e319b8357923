namespace SanaLive.Eval.Judging;

/// <summary>A linear layer on one row.</summary>
internal static class Dense
{
    /// <param name="x">[inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="silu">Whether <c>y * sigmoid(y)</c> follows.</param>
    public static float[] Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, bool silu)
    {
        var y = new float[bias.Length];
        for (var o = 0; o < y.Length; o++)
        {
            var row = weight.Slice(o * x.Length, x.Length);
            var sum = bias[o];
            for (var i = 0; i < row.Length; i++)
                sum += row[i] * x[i];
            y[o] = silu ? sum / (1 + MathF.Exp(-sum)) : sum;
        }

        return y;
    }

    public static float[] Softmax(ReadOnlySpan<float> logits)
    {
        var y = logits.ToArray();
        var most = y.Max();
        for (var i = 0; i < y.Length; i++)
            y[i] = MathF.Exp(y[i] - most);
        var sum = y.Sum();
        for (var i = 0; i < y.Length; i++)
            y[i] /= sum;
        return y;
    }
}
