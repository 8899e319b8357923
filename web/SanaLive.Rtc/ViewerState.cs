namespace SanaLive.Rtc;

/// <summary>Where a viewer's connection stands. It only ever moves downwards in this list.</summary>
public enum ViewerState
{
    /// <summary>The answer is out; no authenticated datagram has come yet.</summary>
    Waiting,

    /// <summary>The peer's address is known (an authenticated binding request came); DTLS is under way.</summary>
    Handshaking,

    /// <summary>Keys are agreed and the peer's certificate is the one of its offer: media flows.</summary>
    Connected,

    /// <summary>Over, for the reason in <see cref="RtcViewer.Closed"/>.</summary>
    Closed,
}
