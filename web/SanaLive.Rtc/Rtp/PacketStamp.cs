namespace SanaLive.Rtc.Rtp;

/// <summary>What the header extensions say about one sending of a packet.</summary>
/// <param name="TransportSequence">Counts all packets of the viewer, media and retransmissions alike.</param>
/// <param name="SendTime">Seconds modulo 64, in 6.18 fixed point (24 bits).</param>
internal readonly record struct PacketStamp(ushort TransportSequence, uint SendTime);
