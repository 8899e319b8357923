namespace SanaLive.Rtc;

/// <summary>Takes one datagram that has to go out; its bytes are only valid during the call.</summary>
internal delegate void DatagramSink(ReadOnlySpan<byte> datagram);
