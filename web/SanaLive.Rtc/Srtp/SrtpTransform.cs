namespace SanaLive.Rtc.Srtp;

/// <summary>
/// Protects the packets of one direction under one master key. Works in place, allocates nothing per packet, and is not
/// safe for several threads.
/// </summary>
internal abstract class SrtpTransform : IDisposable
{
    /// <summary>No profile makes a packet longer by more than this (SRTCP: tag and index).</summary>
    public const int MaxOverhead = 20;

    /// <summary>Set in the SRTCP index word of an encrypted packet.</summary>
    protected const uint Encrypted = 0x8000_0000;

    /// <summary>Bytes that <see cref="ProtectRtp"/> adds.</summary>
    public abstract int RtpOverhead { get; }

    public static SrtpTransform Create(SrtpProfile profile, SrtpKeys keys, bool encrypt) =>
        profile == SrtpProfile.AeadAes128Gcm ? new GcmTransform(keys, encrypt) : new CounterModeTransform(keys);

    /// <summary>Encrypts an RTP packet and appends its tag.</summary>
    /// <param name="packet">The packet, with room for the tag behind it.</param>
    /// <param name="headerLength">Length of the header with its extensions, which stays readable.</param>
    /// <param name="length">Length of header and payload.</param>
    /// <param name="rollover">How often the sequence number has wrapped.</param>
    /// <returns>The new length.</returns>
    public abstract int ProtectRtp(Span<byte> packet, int headerLength, int length, uint rollover);

    /// <summary>Encrypts a compound RTCP packet and appends index and tag.</summary>
    /// <param name="packet">The packet, with room for <see cref="MaxOverhead"/> bytes.</param>
    /// <param name="length">Its length.</param>
    /// <param name="index">31-bit packet index, never used twice.</param>
    /// <returns>The new length.</returns>
    public abstract int ProtectRtcp(Span<byte> packet, int length, uint index);

    /// <summary>Checks and decrypts an SRTCP packet in place.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="length">Length of the RTCP in it.</param>
    /// <param name="index">Its index; whether it is fresh is for the caller to judge.</param>
    /// <returns>False when it is too short or its tag is wrong.</returns>
    public abstract bool TryUnprotectRtcp(Span<byte> packet, out int length, out uint index);

    public abstract void Dispose();
}
