using System.Buffers.Binary;
using SanaLive.Rtc.Rtp;

namespace SanaLive.Rtc.Tests.Rtp;

/// <summary>Keeps the packets that a sender makes, before encryption.</summary>
internal sealed class CollectingSink : IPacketSink
{
    public List<Packet> Packets { get; } = [];

    public void SendRtp(Span<byte> packet, int headerLength, int length, uint rollover) =>
        Packets.Add(new Packet(packet[..length].ToArray(), headerLength, rollover));

    internal sealed record Packet(byte[] Bytes, int HeaderLength, uint Rollover)
    {
        public int PayloadType => Bytes[1] & 0x7F;

        public bool Marker => (Bytes[1] & 0x80) != 0;

        public ushort Sequence => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(2));

        public uint Timestamp => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(4));

        public uint Ssrc => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(8));

        public byte[] Payload => Bytes[HeaderLength..];

        /// <summary>The value of a one-byte header extension.</summary>
        public byte[]? Extension(int id)
        {
            if ((Bytes[0] & 0x10) == 0) return null;
            Assert.Equal(0xBEDE, BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(12)));
            for (var at = 16; at < HeaderLength;)
            {
                if (Bytes[at] == 0)
                {
                    at++;
                    continue;
                }

                var length = (Bytes[at] & 15) + 1;
                if (Bytes[at] >> 4 == id) return Bytes[(at + 1)..(at + 1 + length)];
                at += 1 + length;
            }

            return null;
        }

        public ushort TransportSequence(int id) => BinaryPrimitives.ReadUInt16BigEndian(Extension(id));
    }
}
