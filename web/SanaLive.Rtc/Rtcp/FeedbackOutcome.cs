namespace SanaLive.Rtc.Rtcp;

/// <summary>What a viewer's RTCP asks for beyond retransmission, which has already been done.</summary>
internal readonly record struct FeedbackOutcome(bool KeyframeRequested, bool Goodbye);
