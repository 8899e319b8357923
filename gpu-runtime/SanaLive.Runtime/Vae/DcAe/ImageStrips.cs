namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// Runs blocks that see only their surroundings on a picture strip by strip, with so many rows around each that what is kept of it is, bit
/// for bit, what the whole picture would have given: so memory does not grow with the picture's height, and there are no seams.
/// </summary>
/// <param name="blocks">None of them sees everything.</param>
/// <param name="most">Bytes that they may work in; strips are as high as that allows, and never less than two rows of the smaller side.</param>
internal sealed class ImageStrips(IReadOnlyList<ImageBlock> blocks, long most)
{
    // A row of the smaller side is so many rows of the input, and of the output: one of the two is 1.
    private readonly int inputScale = Scale(blocks, outputs: false);
    private readonly int outputScale = Scale(blocks, outputs: true);

    // Rows of the smaller side around a strip; even, as strips are: then fast convolutions cut every strip into the same squares.
    private readonly int around = Even((Enumerable.Reverse(blocks).Aggregate(0, (rows, block) => block.Reach(rows)) + Scale(blocks, outputs: false) - 1) / Scale(blocks, outputs: false));

    /// <summary>Gets part of the output.</summary>
    /// <param name="strip">Some rows more than are wanted.</param>
    /// <param name="skip">Rows at its beginning to be left out.</param>
    /// <param name="row">Where the wanted rows belong.</param>
    /// <param name="rows">How many they are.</param>
    public delegate void Part(ImageFeatures strip, int skip, int row, int rows);

    /// <summary>Bytes for a picture of that size.</summary>
    public long WorkingBytes(int height, int width) => blocks.WorkingBytes((long)Math.Min(height, (Rows(height, width) + 2 * around) * inputScale) * width);

    /// <param name="height">Of the input.</param>
    /// <param name="width">Of the input.</param>
    /// <param name="read">Gives the input's rows from one on, so many: features that are then taken over.</param>
    /// <param name="write">Takes the output.</param>
    public void Run(int height, int width, Func<int, int, ImageFeatures> read, Part write)
    {
        var (all, step) = (height / inputScale, Rows(height, width));
        for (var row = 0; row < all; row += step)
        {
            var (end, top, bottom) = (Math.Min(row + step, all), Math.Max(row - around, 0), Math.Min(row + step + around, all));
            var strip = blocks.Forward(read(top * inputScale, (bottom - top) * inputScale));
            using var values = strip.Values;
            write(strip, (row - top) * outputScale, row * outputScale, (end - row) * outputScale);
        }
    }

    /// <summary>Of the smaller side, in a strip: all when they fit.</summary>
    private int Rows(int height, int width)
    {
        var all = height / inputScale;
        if (blocks.WorkingBytes((long)height * width) <= most)
            return all;
        var perRow = Math.Max(blocks.WorkingBytes((long)inputScale * width), 1);
        return (int)Math.Clamp(most / perRow - 2 * around, 2, Math.Max(all, 2)) / 2 * 2;
    }

    /// <summary>Rows of the input, or the output, to one of the smaller side.</summary>
    private static int Scale(IReadOnlyList<ImageBlock> blocks, bool outputs)
    {
        var (larger, smaller) = (1, 1);
        foreach (var block in blocks)
            (larger, smaller) = block.OutputsOfTwo switch { 4 => (2 * larger, smaller), 1 => (larger, 2 * smaller), _ => (larger, smaller) };
        return outputs ? Math.Max(larger / smaller, 1) : Math.Max(smaller / larger, 1);
    }

    private static int Even(int rows) => (rows + 1) / 2 * 2;
}
