namespace SanaLive.Eval.Measures;

/// <summary>How much one picture differs from the next: across block borders and inside blocks.</summary>
internal static class FrameChange
{
    /// <param name="blocks">Blocks in a row, each [frames, height, width, 3].</param>
    /// <param name="frameBytes">Bytes of a picture.</param>
    /// <returns>Mean absolute differences, in steps of 255; 0 where there is nothing to compare.</returns>
    public static (double Border, double Inside) Measure(IReadOnlyList<byte[]> blocks, int frameBytes)
    {
        var (border, borders, inside, insides) = (0.0, 0, 0.0, 0);
        for (var b = 0; b < blocks.Count; b++)
        {
            for (var frame = 0; frame + 1 < blocks[b].Length / frameBytes; frame++)
            {
                inside += Difference(blocks[b].AsSpan(frame * frameBytes, frameBytes), blocks[b].AsSpan((frame + 1) * frameBytes, frameBytes));
                insides++;
            }

            if (b + 1 == blocks.Count)
                break;
            border += Difference(blocks[b].AsSpan(blocks[b].Length - frameBytes), blocks[b + 1].AsSpan(0, frameBytes));
            borders++;
        }

        return (borders == 0 ? 0 : border / borders, insides == 0 ? 0 : inside / insides);
    }

    private static double Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }
}
