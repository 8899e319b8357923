using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Generate;

/// <summary>A picture file that a clip begins with.</summary>
internal static class StartPicture
{
    /// <param name="path">A PNG or JPEG.</param>
    /// <param name="choose">The size it is brought to, which may depend on its own.</param>
    /// <param name="messages">Is told what was cropped.</param>
    /// <param name="interrupted">Gives up.</param>
    /// <returns>[height, width, 3], one byte per channel.</returns>
    /// <exception cref="FormatException">It cannot be used; the message says why.</exception>
    public static async Task<byte[]> ReadAsync(string path, Func<PictureSize, PictureSize> choose, TextWriter messages, CancellationToken interrupted)
    {
        if (new FileInfo(path) is { Exists: true, Length: > PictureLimits.Bytes } file)
            throw new FormatException($"{path} has {file.Length >> 20} MB; an image has at most {PictureLimits.Bytes >> 20} MB.");
        using var reader = new FfmpegPictureReader(TimeProvider.System);
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, interrupted);
            var (width, height) = FfmpegPictureReader.SizeOf(bytes);
            var size = choose(new PictureSize(height, width));
            var picture = await reader.ReadAsync(bytes, size.Width, size.Height, interrupted);
            if (picture.Note is not null)
                messages.WriteLine($"{path}: {picture.Note}");
            return picture.Rgb;
        }
        catch (SessionException error)
        {
            throw new FormatException($"{path}: {error.Message}", error);
        }
    }
}
