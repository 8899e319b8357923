using System.Security.Cryptography;

namespace SanaLive.Rtc.Rtp;

/// <summary>The random numbers at which a viewer's streams begin (RFC 3550, 5.1).</summary>
internal sealed record StreamNumbers
{
    public required uint MediaSsrc { get; init; }

    public required uint RtxSsrc { get; init; }

    public required ushort FirstSequence { get; init; }

    public required ushort FirstRtxSequence { get; init; }

    public required ushort FirstPictureId { get; init; }

    public static StreamNumbers Random()
    {
        Span<byte> bytes = stackalloc byte[14];
        RandomNumberGenerator.Fill(bytes);
        var media = BitConverter.ToUInt32(bytes);
        var rtx = BitConverter.ToUInt32(bytes[4..]);
        return new StreamNumbers
        {
            // 0 is avoided because some stacks take it for "none".
            MediaSsrc = media == 0 ? 1 : media,
            RtxSsrc = rtx == media || rtx == 0 ? media ^ 2 : rtx,

            // Below 2^15, so that a loss at the very start cannot leave the two sides with different rollover counters (RFC 3711, 3.3.1).
            FirstSequence = (ushort)(BitConverter.ToUInt16(bytes[8..]) & 0x7FFF),
            FirstRtxSequence = (ushort)(BitConverter.ToUInt16(bytes[10..]) & 0x7FFF),
            FirstPictureId = (ushort)(BitConverter.ToUInt16(bytes[12..]) & 0x7FFF),
        };
    }
}
