using System.Numerics;

namespace SanaLive.Rtc.Rtp;

/// <summary>
/// The newest media packets of one viewer in a ring: first those already sent, kept for retransmission, then those that
/// still wait for the pacer.
/// </summary>
internal sealed class PacketHistory
{
    private readonly PacketRecord[] ring;
    private readonly long first;

    /// <param name="capacity">Packets to keep, rounded up to a power of two.</param>
    /// <param name="firstIndex">Index of the first packet; its low 16 bits are the first sequence number.</param>
    public PacketHistory(int capacity, long firstIndex)
    {
        ring = new PacketRecord[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        first = firstIndex;
        NextIndex = firstIndex;
        NextToSend = firstIndex;
    }

    public int Capacity => ring.Length;

    /// <summary>Index of the next packet to be added.</summary>
    public long NextIndex { get; private set; }

    /// <summary>Index of the next packet to be sent for the first time.</summary>
    public long NextToSend { get; private set; }

    public int Waiting => (int)(NextIndex - NextToSend);

    /// <summary>Adds a packet and gives it the next index. The caller sends waiting packets first when the ring is full of them.</summary>
    public ref PacketRecord Add()
    {
        if (Waiting == ring.Length) throw new InvalidOperationException("The history is full of packets that were not sent yet.");
        ref var record = ref ring[Slot(NextIndex)];
        record = default;
        record.Index = NextIndex++;
        return ref record;
    }

    /// <summary>The next waiting packet, which counts as sent from now on.</summary>
    public ref PacketRecord TakeNext()
    {
        if (Waiting == 0) throw new InvalidOperationException("No packet waits.");
        return ref ring[Slot(NextToSend++)];
    }

    /// <summary>Finds a sent packet by its 16-bit sequence number.</summary>
    /// <returns>Its index, or -1 when it was never sent or is no longer kept.</returns>
    public long Find(ushort sequence)
    {
        // The newest sent index with these low 16 bits.
        var newest = NextToSend - 1;
        var index = newest - (ushort)((ushort)newest - sequence);
        return index >= first && index > NextIndex - 1 - ring.Length ? index : -1;
    }

    public ref PacketRecord this[long index] => ref ring[Slot(index)];

    private int Slot(long index) => (int)(index & (ring.Length - 1));
}
