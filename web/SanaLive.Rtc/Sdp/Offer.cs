namespace SanaLive.Rtc.Sdp;

/// <summary>What we need to know of a viewer's offer.</summary>
internal sealed record Offer
{
    /// <summary>Every media section in order, because the answer has to name them all.</summary>
    public required IReadOnlyList<SdpMedia> Media { get; init; }

    /// <summary>The section that is answered; all others are rejected.</summary>
    public required SdpMedia Video { get; init; }

    /// <summary>Whether the video section is in a BUNDLE group.</summary>
    public required bool Bundled { get; init; }

    public required byte Vp8PayloadType { get; init; }

    /// <summary>Payload type of retransmissions of VP8 (RFC 4588), or null: lost packets are sent again as they were.</summary>
    public required byte? RtxPayloadType { get; init; }

    /// <summary>Those of the offered feedback kinds that we honour, for example "nack pli".</summary>
    public required IReadOnlyList<string> Feedback { get; init; }

    public required ExtensionIds Extensions { get; init; }

    public required string IceUserFragment { get; init; }

    public required string IcePassword { get; init; }

    /// <summary>SHA-256 fingerprints (32 bytes each), any one of which may be the peer's certificate.</summary>
    public required IReadOnlyList<byte[]> Fingerprints { get; init; }
}
