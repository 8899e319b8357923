using System.Net;

namespace SanaLive.Rtc.Sdp;

/// <summary>What the answer says about our side.</summary>
internal sealed record AnswerFacts
{
    public required ulong SessionId { get; init; }

    public required string IceUserFragment { get; init; }

    public required string IcePassword { get; init; }

    /// <summary>SHA-256 of our certificate, as "AB:CD:...".</summary>
    public required string Fingerprint { get; init; }

    public required uint MediaSsrc { get; init; }

    public required uint RtxSsrc { get; init; }

    public required string CanonicalName { get; init; }

    /// <summary>At least one, most preferred first.</summary>
    public required IReadOnlyList<IPEndPoint> EndPoints { get; init; }
}
