using System.Buffers.Binary;

namespace SanaLive.Rtc.Rtcp;

/// <summary>
/// Counts of one transport-wide feedback message (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1). The rate of a
/// stream is fixed, so the arrival times in it are not needed.
/// </summary>
/// <param name="Arrived">Packets that arrived.</param>
/// <param name="Lost">Packets that had not arrived when the message was made.</param>
internal readonly record struct TransportFeedback(int Arrived, int Lost)
{
    /// <param name="items">The message after the two SSRCs.</param>
    /// <param name="feedback">The counts.</param>
    /// <returns>False when the message is shorter than it says.</returns>
    public static bool TryRead(ReadOnlySpan<byte> items, out TransportFeedback feedback)
    {
        feedback = default;
        if (items.Length < 8) return false;

        // Base sequence number (2), number of packets (2), reference time (3), message number (1), then chunks.
        var remaining = (int)BinaryPrimitives.ReadUInt16BigEndian(items[2..]);
        var arrived = 0;
        var total = remaining;
        for (var chunks = items[8..]; remaining > 0; chunks = chunks[2..])
        {
            if (chunks.Length < 2) return false;
            var chunk = BinaryPrimitives.ReadUInt16BigEndian(chunks);
            if ((chunk & 0x8000) == 0)
            {
                // Run length: two bits of status, thirteen of length.
                var run = Math.Min(chunk & 0x1FFF, remaining);
                if ((chunk >> 13 & 3) is 1 or 2) arrived += run;
                remaining -= run;
                if (run == 0) return false;
            }
            else
            {
                // A vector of 14 one-bit or 7 two-bit statuses.
                var bits = (chunk & 0x4000) == 0 ? 1 : 2;
                for (var shift = 14 - bits; shift >= 0 && remaining > 0; shift -= bits, remaining--)
                {
                    if ((chunk >> shift & (bits == 1 ? 1 : 3)) is 1 or 2) arrived++;
                }
            }
        }

        feedback = new TransportFeedback(arrived, total - arrived);
        return true;
    }
}
