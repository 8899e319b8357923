namespace SanaLive.Rtc.Rtcp;

/// <summary>Seconds since 1900 in 32.32 fixed point.</summary>
internal readonly record struct NtpTime(ulong Value)
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The 32 bits in the middle, as reports echo them: seconds and 1/65,536 s.</summary>
    public uint Middle => (uint)(Value >> 16);

    public static NtpTime From(DateTimeOffset time)
    {
        var ticks = (UInt128)(ulong)(time - Epoch).Ticks;
        return new NtpTime((ulong)((ticks << 32) / TimeSpan.TicksPerSecond));
    }
}
