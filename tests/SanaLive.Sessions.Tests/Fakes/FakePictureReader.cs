using SanaLive.Sessions.Pictures;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>A picture of one colour: the file's first byte.</summary>
internal sealed class FakePictureReader : IPictureReader
{
    public Task<FittedPicture> ReadAsync(ReadOnlyMemory<byte> file, int width, int height, CancellationToken cancellation)
    {
        if (file.IsEmpty) throw new SessionException(SessionError.Invalid, "The picture is empty. Send a PNG or JPEG file.");
        var rgb = new byte[width * height * 3];
        rgb.AsSpan().Fill(file.Span[0]);
        return Task.FromResult(new FittedPicture(rgb, 3 * height, 2 * height, 3 * height, file.Length > 1 ? height : 2 * height));
    }
}
