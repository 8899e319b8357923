namespace SanaLive.Rtc;

/// <summary>What was sent to one viewer and what it said about it. Counts are since the connection began.</summary>
public sealed record RtcStatistics
{
    /// <summary>Frames given to <see cref="RtcViewer.SendFrame"/> while connected.</summary>
    public long Frames { get; init; }

    /// <summary>Media packets sent for the first time.</summary>
    public long Packets { get; init; }

    /// <summary>Bytes of all media packets and retransmissions on the wire (UDP payload).</summary>
    public long Bytes { get; init; }

    /// <summary>Packets sent again because the viewer asked for them.</summary>
    public long Retransmissions { get; init; }

    /// <summary>Packets that the viewer reported missing (a packet reported twice counts twice).</summary>
    public long Nacks { get; init; }

    /// <summary>Reported packets that were no longer in the history.</summary>
    public long NacksTooLate { get; init; }

    /// <summary>Picture loss indications and full intra requests.</summary>
    public long KeyframeRequests { get; init; }

    /// <summary>Loss of the last report's interval, 0 to 1, before retransmission was counted as a repair by the viewer.</summary>
    public double FractionLost { get; init; }

    /// <summary>Share of packets that transport-wide feedback reported as not arrived, 0 to 1, since the beginning; 0 without such feedback.</summary>
    public double TransportLost { get; init; }

    /// <summary>Jitter of the last receiver report.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Round trip of the last receiver report; null until one could be measured.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Datagrams that the operating system refused to send.</summary>
    public long SendErrors { get; init; }
}
