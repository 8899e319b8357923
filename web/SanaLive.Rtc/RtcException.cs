namespace SanaLive.Rtc;

/// <summary>The endpoint cannot do what was asked, with a sentence that an operator can act on.</summary>
public sealed class RtcException(RtcError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public RtcError Error { get; } = error;
}
