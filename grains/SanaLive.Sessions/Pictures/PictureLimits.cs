namespace SanaLive.Sessions.Pictures;

/// <summary>How large a start image may be. Checked before anything is decoded.</summary>
public static class PictureLimits
{
    /// <summary>Of the file: 8 MB.</summary>
    public const int Bytes = 8 * 1024 * 1024;

    /// <summary>Width times height, from the file's header: 40 megapixels.</summary>
    public const int Pixels = 40_000_000;
}
