using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using SanaLive.Rtc.Sdp;
using SanaLive.Rtc.Srtp;
using SanaLive.Rtc.Vp8;

namespace SanaLive.Rtc.Rtp;

/// <summary>
/// The media stream of one viewer and its retransmissions. Cuts frames into packets, sends them when the pacer says so, and
/// answers requests for lost ones. Not safe for several threads: the viewer's lock guards it.
/// </summary>
internal sealed class RtpSender
{
    /// <summary>RFC 4588: the original sequence number goes before the payload.</summary>
    private const int RtxHeaderLength = 2;

    private const int MaxDatagram = 1500;

    /// <summary>What one viewer may have sent again within a second: enough for any loss that leaves a picture, too little to be a weapon.</summary>
    private const int MaxResendsPerSecond = 2000;

    private readonly RtpHeader header;
    private readonly PacketHistory history;
    private readonly IPacketSink sink;
    private readonly TimeProvider time;
    private readonly byte payloadType;
    private readonly byte? rtxPayloadType;
    private readonly int room;
    private readonly long repeatInterval;
    private long rtxIndex;
    private ushort transportSequence;
    private ushort pictureId;
    private long resendWindow;
    private int resendsInWindow;

    public RtpSender(Offer offer, RtcOptions options, StreamNumbers numbers, IPacketSink sink, TimeProvider time)
    {
        header = new RtpHeader(offer.Extensions);
        history = new PacketHistory(options.HistoryPackets, numbers.FirstSequence);
        rtxIndex = numbers.FirstRtxSequence;
        pictureId = numbers.FirstPictureId;
        MediaSsrc = numbers.MediaSsrc;
        RtxSsrc = numbers.RtxSsrc;
        payloadType = offer.Vp8PayloadType;
        rtxPayloadType = offer.RtxPayloadType;
        room = options.Mtu - header.Length - RtxHeaderLength - Vp8Payload.DescriptorLength - SrtpTransform.MaxOverhead;
        repeatInterval = (long)(options.NackRepeatInterval.TotalSeconds * time.TimestampFrequency);
        this.sink = sink;
        this.time = time;
    }

    public uint MediaSsrc { get; }

    public uint RtxSsrc { get; }

    /// <summary>Packets that wait for the pacer.</summary>
    public int Waiting => history.Waiting;

    public long PacketsSent { get; private set; }

    /// <summary>Payload bytes of first sendings, as sender reports count them.</summary>
    public long PayloadBytesSent { get; private set; }

    public long Resent { get; private set; }

    /// <summary>Requests for packets that are no longer kept or were never sent.</summary>
    public long NotFound { get; private set; }

    /// <summary>Cuts a frame into packets, which wait for <see cref="SendWaiting"/>.</summary>
    public void Add(ReadOnlyMemory<byte> frame, uint timestamp)
    {
        var (count, share) = Vp8Payload.Split(frame.Length, room);
        pictureId = (ushort)(pictureId + 1 & 0x7FFF);
        for (var i = 0; i < count; i++)
        {
            // A frame larger than the whole history cannot be paced.
            if (history.Waiting == history.Capacity) SendWaiting(1);
            ref var record = ref history.Add();
            record.Frame = frame;
            record.Offset = i * share;
            record.Length = Math.Min(share, frame.Length - record.Offset);
            record.Timestamp = timestamp;
            record.PictureId = pictureId;
            record.Last = i == count - 1;
        }
    }

    /// <summary>Sends up to this many waiting packets.</summary>
    [SkipLocalsInit]
    public void SendWaiting(int count)
    {
        Span<byte> buffer = stackalloc byte[MaxDatagram + SrtpTransform.MaxOverhead];
        for (; count > 0 && history.Waiting > 0; count--)
        {
            ref var record = ref history.TakeNext();
            record.Stamp = NextStamp();
            var length = WriteMedia(buffer, record);
            PacketsSent++;
            PayloadBytesSent += length - header.Length;
            sink.SendRtp(buffer, header.Length, length, (uint)(record.Index >> 16));
        }
    }

    /// <summary>Sends a lost packet again: as RTX where the offer has it, otherwise just as it was.</summary>
    [SkipLocalsInit]
    public void Resend(ushort sequence)
    {
        var index = history.Find(sequence);
        if (index < 0)
        {
            NotFound++;
            return;
        }

        // Viewers ask again for what is already on its way.
        ref var record = ref history[index];
        var now = time.GetTimestamp();
        if (record.ResentAt != 0 && now - record.ResentAt < repeatInterval) return;
        if (!MayResend(now)) return;
        record.ResentAt = now == 0 ? 1 : now;
        Resent++;

        Span<byte> buffer = stackalloc byte[MaxDatagram + SrtpTransform.MaxOverhead];
        if (rtxPayloadType is { } rtx)
        {
            header.Write(buffer, rtx, record.Last, (ushort)rtxIndex, record.Timestamp, RtxSsrc, NextStamp());
            BinaryPrimitives.WriteUInt16BigEndian(buffer[header.Length..], sequence);
            var length = header.Length + RtxHeaderLength + WritePayload(buffer[(header.Length + RtxHeaderLength)..], record);
            sink.SendRtp(buffer, header.Length, length, (uint)(rtxIndex >> 16));
            rtxIndex++;
        }
        else
        {
            // Under the same SRTP index the packet must be the same to the last bit, with its old stamp: two different
            // packets under one nonce would give GCM's authentication key away.
            sink.SendRtp(buffer, header.Length, WriteMedia(buffer, record), (uint)(record.Index >> 16));
        }
    }

    private int WriteMedia(Span<byte> buffer, in PacketRecord record)
    {
        header.Write(buffer, payloadType, record.Last, (ushort)record.Index, record.Timestamp, MediaSsrc, record.Stamp);
        return header.Length + WritePayload(buffer[header.Length..], record);
    }

    private static int WritePayload(Span<byte> target, in PacketRecord record)
    {
        Vp8Payload.WriteDescriptor(target, record.Offset == 0, record.PictureId);
        record.Bytes.CopyTo(target[Vp8Payload.DescriptorLength..]);
        return Vp8Payload.DescriptorLength + record.Length;
    }

    private PacketStamp NextStamp()
    {
        var stamp = new PacketStamp(transportSequence, (uint)(time.GetTimestamp() / (double)time.TimestampFrequency % 64 * (1 << 18)));
        if (header.NumbersTransport) transportSequence++;
        return stamp;
    }

    private bool MayResend(long now)
    {
        var second = now / time.TimestampFrequency;
        if (second != resendWindow) (resendWindow, resendsInWindow) = (second, 0);
        return ++resendsInWindow <= MaxResendsPerSecond;
    }
}
