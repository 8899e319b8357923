using System.Buffers.Binary;

namespace SanaLive.Rtc.Dtls;

/// <summary>Finds datagrams in what OpenSSL wrote: a memory BIO strings records together and forgets where a datagram ended.</summary>
internal static class DtlsRecords
{
    /// <summary>Type, version, epoch and sequence number, length.</summary>
    private const int HeaderLength = 13;

    /// <summary>The length of as many whole records from the start of the buffer as fit into the MTU, at least one.</summary>
    public static int NextDatagram(ReadOnlySpan<byte> records, int mtu)
    {
        var end = 0;
        while (records.Length - end >= HeaderLength)
        {
            var record = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(records[(end + 11)..]);
            if (record > records.Length - end || (end > 0 && end + record > mtu)) break;
            end += record;
        }

        // OpenSSL writes whole records only; should it ever not, the rest goes out as it is rather than never.
        return end > 0 ? end : records.Length;
    }
}
