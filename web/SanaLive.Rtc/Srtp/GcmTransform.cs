using System.Buffers.Binary;

namespace SanaLive.Rtc.Srtp;

/// <summary>AEAD_AES_128_GCM (RFC 7714).</summary>
internal sealed class GcmTransform : SrtpTransform
{
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int RtcpHeaderLength = 8;
    private const int IndexLength = 4;

    private readonly EvpCipher rtp;
    private readonly EvpCipher rtcp;
    private readonly byte[] rtpSalt;
    private readonly byte[] rtcpSalt;

    public GcmTransform(SrtpKeys keys, bool encrypt)
        : this(
            keys.Derive(SrtpLabel.RtpEncryption, SrtpKeys.KeyLength),
            keys.Derive(SrtpLabel.RtpSalt, NonceLength),
            keys.Derive(SrtpLabel.RtcpEncryption, SrtpKeys.KeyLength),
            keys.Derive(SrtpLabel.RtcpSalt, NonceLength),
            encrypt)
    {
    }

    /// <summary>With session keys instead of a master key, as the examples of RFC 7714 give them.</summary>
    public GcmTransform(byte[] rtpKey, byte[] rtpSalt, byte[] rtcpKey, byte[] rtcpSalt, bool encrypt)
    {
        rtp = EvpCipher.Gcm(rtpKey, encrypt);
        rtcp = EvpCipher.Gcm(rtcpKey, encrypt);
        this.rtpSalt = rtpSalt;
        this.rtcpSalt = rtcpSalt;
    }

    public override int RtpOverhead => TagLength;

    public override int ProtectRtp(Span<byte> packet, int headerLength, int length, uint rollover)
    {
        // 00 00 | SSRC | rollover counter | sequence number, XOR salt
        Span<byte> nonce = stackalloc byte[NonceLength];
        nonce[..2].Clear();
        packet.Slice(8, 4).CopyTo(nonce[2..]);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[6..], rollover);
        packet.Slice(2, 2).CopyTo(nonce[10..]);
        Mix(nonce, rtpSalt);
        rtp.Seal(nonce, packet[..headerLength], packet[headerLength..length], packet.Slice(length, TagLength));
        return length + TagLength;
    }

    public override int ProtectRtcp(Span<byte> packet, int length, uint index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + IndexLength];
        Prepare(packet, index, nonce, associated, Encrypted | index);
        rtcp.Seal(nonce, associated, packet[RtcpHeaderLength..length], packet.Slice(length, TagLength));
        BinaryPrimitives.WriteUInt32BigEndian(packet[(length + TagLength)..], Encrypted | index);
        return length + TagLength + IndexLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, out int length, out uint index)
    {
        length = packet.Length - TagLength - IndexLength;
        index = 0;
        if (length < RtcpHeaderLength) return false;
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[^IndexLength..]);
        index = word & ~Encrypted;

        // A profile that only authenticates is never agreed on, so the flag must be set.
        if ((word & Encrypted) == 0) return false;
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + IndexLength];
        Prepare(packet, index, nonce, associated, word);
        return rtcp.Open(nonce, associated, packet[RtcpHeaderLength..length], packet.Slice(length, TagLength));
    }

    public override void Dispose()
    {
        rtp.Dispose();
        rtcp.Dispose();
    }

    private static void Mix(Span<byte> nonce, byte[] salt)
    {
        for (var i = 0; i < NonceLength; i++) nonce[i] ^= salt[i];
    }

    private void Prepare(ReadOnlySpan<byte> packet, uint index, Span<byte> nonce, Span<byte> associated, uint word)
    {
        // 00 00 | SSRC | 00 00 | index, XOR salt; the index word is authenticated behind the header.
        nonce.Clear();
        packet.Slice(4, 4).CopyTo(nonce[2..]);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], index);
        Mix(nonce, rtcpSalt);
        packet[..RtcpHeaderLength].CopyTo(associated);
        BinaryPrimitives.WriteUInt32BigEndian(associated[RtcpHeaderLength..], word);
    }
}
