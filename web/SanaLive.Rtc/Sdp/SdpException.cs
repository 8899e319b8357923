namespace SanaLive.Rtc.Sdp;

/// <summary>An offer was refused, with a sentence for whoever sent it.</summary>
public sealed class SdpException(SdpError error, string message) : Exception(message)
{
    public SdpError Error { get; } = error;
}
