namespace SanaLive.Sessions.Pictures;

/// <summary>A picture that fills a stream's frame.</summary>
/// <param name="Rgb">Shape [height, width, 3], one byte per channel, at the stream's size.</param>
/// <param name="Width">Of the picture that was sent, upright.</param>
/// <param name="Height">Of the picture that was sent, upright.</param>
/// <param name="CroppedWidth">How much of it is seen, around its middle.</param>
/// <param name="CroppedHeight">As <paramref name="CroppedWidth"/>.</param>
public sealed record FittedPicture(byte[] Rgb, int Width, int Height, int CroppedWidth, int CroppedHeight)
{
    /// <summary>What its sender should know; null when all of it is seen.</summary>
    public string? Note => (CroppedWidth, CroppedHeight) == (Width, Height)
        ? null
        : $"The picture of {Width} x {Height} was cropped to the {CroppedWidth} x {CroppedHeight} around its middle, to have the stream's shape.";
}
