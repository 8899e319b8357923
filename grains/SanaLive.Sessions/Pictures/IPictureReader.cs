namespace SanaLive.Sessions.Pictures;

/// <summary>Decodes start images.</summary>
public interface IPictureReader
{
    /// <summary>Decodes a PNG or JPEG, turns it upright, crops it around its middle to the wanted shape and resizes it. What is transparent is black.</summary>
    /// <param name="file">The file's bytes.</param>
    /// <param name="width">Pixels wanted.</param>
    /// <param name="height">Pixels wanted.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="SessionException">
    /// <see cref="SessionError.TooLarge"/>; <see cref="SessionError.Invalid"/>: not PNG or JPEG, or not decodable;
    /// <see cref="SessionError.Unsupported"/>: nothing here can decode.
    /// </exception>
    Task<FittedPicture> ReadAsync(ReadOnlyMemory<byte> file, int width, int height, CancellationToken cancellation);
}
