namespace SanaLive.Sessions.Pictures;

internal enum PictureFormat
{
    Png,
    Jpeg,
}
