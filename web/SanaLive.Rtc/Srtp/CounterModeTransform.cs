using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SanaLive.Rtc.Srtp;

/// <summary>AES128_CM_HMAC_SHA1_80 (RFC 3711): the profile that everyone has.</summary>
internal sealed class CounterModeTransform : SrtpTransform
{
    private const int TagLength = 10;
    private const int SaltLength = 14;
    private const int RtcpHeaderLength = 8;
    private const int IndexLength = 4;

    private readonly EvpCipher rtp;
    private readonly EvpCipher rtcp;
    private readonly byte[] rtpSalt;
    private readonly byte[] rtcpSalt;
    private readonly IncrementalHash rtpHash;
    private readonly IncrementalHash rtcpHash;

    public CounterModeTransform(SrtpKeys keys)
    {
        rtp = EvpCipher.CounterMode(keys.Derive(SrtpLabel.RtpEncryption, SrtpKeys.KeyLength));
        rtcp = EvpCipher.CounterMode(keys.Derive(SrtpLabel.RtcpEncryption, SrtpKeys.KeyLength));
        rtpSalt = keys.Derive(SrtpLabel.RtpSalt, SaltLength);
        rtcpSalt = keys.Derive(SrtpLabel.RtcpSalt, SaltLength);
        rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, keys.Derive(SrtpLabel.RtpAuthentication, SrtpKeys.AuthenticationKeyLength));
        rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, keys.Derive(SrtpLabel.RtcpAuthentication, SrtpKeys.AuthenticationKeyLength));
    }

    public override int RtpOverhead => TagLength;

    public override int ProtectRtp(Span<byte> packet, int headerLength, int length, uint rollover)
    {
        // The 48-bit packet index is the rollover counter and the sequence number.
        var index = (ulong)rollover << 16 | BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        Encrypt(rtp, rtpSalt, packet.Slice(8, 4), index, packet[headerLength..length]);

        // The tag covers the rollover counter too, which does not travel: the tag takes its place.
        BinaryPrimitives.WriteUInt32BigEndian(packet[length..], rollover);
        Authenticate(rtpHash, packet[..(length + 4)], packet.Slice(length, TagLength));
        return length + TagLength;
    }

    public override int ProtectRtcp(Span<byte> packet, int length, uint index)
    {
        Encrypt(rtcp, rtcpSalt, packet.Slice(4, 4), index, packet[RtcpHeaderLength..length]);
        BinaryPrimitives.WriteUInt32BigEndian(packet[length..], Encrypted | index);
        length += IndexLength;
        Authenticate(rtcpHash, packet[..length], packet.Slice(length, TagLength));
        return length + TagLength;
    }

    public override bool TryUnprotectRtcp(Span<byte> packet, out int length, out uint index)
    {
        length = packet.Length - TagLength - IndexLength;
        index = 0;
        if (length < RtcpHeaderLength) return false;
        Span<byte> tag = stackalloc byte[TagLength];
        Authenticate(rtcpHash, packet[..^TagLength], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[^TagLength..])) return false;
        var word = BinaryPrimitives.ReadUInt32BigEndian(packet[length..]);
        index = word & ~Encrypted;
        if ((word & Encrypted) != 0) Encrypt(rtcp, rtcpSalt, packet.Slice(4, 4), index, packet[RtcpHeaderLength..length]);
        return true;
    }

    public override void Dispose()
    {
        rtp.Dispose();
        rtcp.Dispose();
        rtpHash.Dispose();
        rtcpHash.Dispose();
    }

    private static void Encrypt(EvpCipher cipher, byte[] salt, ReadOnlySpan<byte> ssrc, ulong index, Span<byte> data)
    {
        if (data.IsEmpty) return;

        // salt x 2^16 XOR SSRC x 2^64 XOR index x 2^16
        Span<byte> counter = stackalloc byte[16];
        salt.CopyTo(counter);
        counter[14..].Clear();
        for (var i = 0; i < 4; i++) counter[4 + i] ^= ssrc[i];
        for (var i = 0; i < 6; i++) counter[13 - i] ^= (byte)(index >> (8 * i));
        cipher.ApplyCounterMode(counter, data);
    }

    private static void Authenticate(IncrementalHash hash, ReadOnlySpan<byte> data, Span<byte> tag)
    {
        Span<byte> full = stackalloc byte[HMACSHA1.HashSizeInBytes];
        hash.AppendData(data);
        hash.GetHashAndReset(full);
        full[..TagLength].CopyTo(tag);
    }
}
