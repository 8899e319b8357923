using System.Globalization;

namespace SanaLive.Runtime.Engine;

/// <summary>A picture's size in pixels, written height first as the published models' sizes are: <c>480x832</c>.</summary>
public readonly record struct PictureSize(int Height, int Width)
{
    /// <summary>Width over height.</summary>
    public double Aspect => (double)Width / Height;

    /// <exception cref="FormatException">No size.</exception>
    public static PictureSize Parse(string text) =>
        TryParse(text, out var size) ? size : throw new FormatException($"'{text}' is no size; height x width is, such as 480x832.");

    public static bool TryParse(string text, out PictureSize size)
    {
        size = text.Split('x') is [var height, var width]
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var columns)
            && rows is > 0 and <= 16384 && columns is > 0 and <= 16384
                ? new PictureSize(rows, columns)
                : default;
        return size != default;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height}x{Width}");
}
