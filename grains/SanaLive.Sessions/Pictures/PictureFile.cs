namespace SanaLive.Sessions.Pictures;

/// <summary>A picture's file, its header read and nothing decoded.</summary>
/// <param name="Format">Which decoder it needs.</param>
/// <param name="Width">Pixels as they are stored.</param>
/// <param name="Height">Pixels as they are stored.</param>
/// <param name="Orientation">EXIF's 1 to 8: how what is stored must be turned to be looked at; 5 to 8 lie on their side.</param>
/// <param name="Data">What the decoder needs of the file and no more.</param>
internal sealed record PictureFile(PictureFormat Format, int Width, int Height, int Orientation, ReadOnlyMemory<byte> Data)
{
    /// <summary>Width and height change places when the picture is turned upright.</summary>
    public bool IsOnItsSide => Orientation >= 5;

    /// <exception cref="SessionException">
    /// <see cref="SessionError.TooLarge"/>: more than <see cref="PictureLimits"/>; <see cref="SessionError.Invalid"/>: no whole PNG or JPEG.
    /// </exception>
    public static PictureFile Open(ReadOnlyMemory<byte> file)
    {
        if (file.Length > PictureLimits.Bytes)
            throw TooLarge($"The picture's file has {file.Length / 1048576.0:F1} MB; at most {PictureLimits.Bytes / 1048576} MB are allowed. Send a smaller one: it is resized anyway.");
        if (PngFile.Is(file.Span)) return Checked(PngFile.Open(file.Span));
        if (JpegFile.Is(file.Span)) return Checked(JpegFile.Open(file));
        throw Invalid(file.IsEmpty ? "The picture is empty. Send a PNG or JPEG file." : "The picture is neither PNG nor JPEG. Send one of these; in JSON its bytes in base64.");
    }

    public static SessionException Invalid(string sentence) => new(SessionError.Invalid, sentence);

    public static SessionException CutOff(string kind) => Invalid($"The {kind} file is cut off or damaged. Send the whole file.");

    private static SessionException TooLarge(string sentence) => new(SessionError.TooLarge, sentence);

    private static PictureFile Checked(PictureFile file)
    {
        if (file.Width < 1 || file.Height < 1) throw Invalid($"The picture says that it has {file.Width} x {file.Height} pixels. Send one that can be seen.");
        return (long)file.Width * file.Height <= PictureLimits.Pixels
            ? file
            : throw TooLarge(
                $"The picture has {file.Width} x {file.Height} pixels; at most {PictureLimits.Pixels / 1_000_000} megapixels are allowed. Send a smaller one: it is resized anyway.");
    }
}
