using System.Net;

namespace SanaLive.Rtc;

/// <summary>Settings of an <see cref="RtcServer"/>. <see cref="Validate"/> checks every documented range.</summary>
public sealed record RtcOptions
{
    /// <summary>
    /// The address of the UDP socket. Loopback by default; <see cref="IPAddress.Any"/> for IPv4,
    /// <see cref="IPAddress.IPv6Any"/> for IPv6 and IPv4 on one socket.
    /// </summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Loopback;

    /// <summary>
    /// Serves viewers on this machine only, whatever <see cref="ListenAddress"/>. Together with "any" it is loopback for browsers that
    /// refuse to talk to 127.0.0.1 (Firefox): they reach one of the machine's other addresses, and nobody else does.
    /// </summary>
    public bool ThisMachineOnly { get; init; }

    /// <summary>UDP port, 0 to 65535; 0 lets the system choose.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The addresses that the answer names, at most 16: what viewers can reach, for example the public address in front of a NAT.
    /// Empty: the listening address, or for "any" the machine's own addresses (loopback only when it has no other, because
    /// Firefox refuses to talk to 127.0.0.1).
    /// </summary>
    public IReadOnlyList<IPAddress> AdvertisedAddresses { get; init; } = [];

    /// <summary>The UDP port that the answer names when it differs from the bound one (a port mapping), 1 to 65535; null: the bound one.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>A viewer without an authenticated binding request for so long is gone (RFC 7675). 5 s to 10 min.</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A viewer from whom nothing authentic has come for so long, neither a binding request nor an RTCP packet, is gone. A browser that watches sends
    /// several a second, so this tells a crashed tab long before its consent expires. 5 s to 10 min.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>A viewer that is not connected so long after its offer is gone. 1 s to 5 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Largest UDP payload in bytes, 576 to 1452.</summary>
    public int Mtu { get; init; } = 1200;

    /// <summary>How many sent packets stay available for retransmission, 64 to 16384, rounded up to a power of two.</summary>
    public int HistoryPackets { get; init; } = 512;

    /// <summary>A repeated request for the same packet within this time is ignored. 0 to 1 s.</summary>
    public TimeSpan NackRepeatInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The packets of a big frame are spread over about this time, so that a keyframe does not fill a router's queue.
    /// 0 (everything at once) to 100 ms.
    /// </summary>
    public TimeSpan PacingWindow { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Viewers at once, 1 to 100,000.</summary>
    public int MaxViewers { get; init; } = 1000;

    /// <summary>Viewers whose connection is not up yet, at once, 1 to 10,000.</summary>
    public int MaxHalfOpenViewers { get; init; } = 100;

    /// <summary>
    /// For experiments and tests: the probability, 0 to 1, with which every outgoing datagram is thrown away.
    /// A warning is logged at the start when it is not 0.
    /// </summary>
    public double LossForTests { get; init; }

    /// <summary>Seed of <see cref="LossForTests"/>, so that an experiment can be repeated.</summary>
    public int LossSeed { get; init; } = 1;

    /// <exception cref="ArgumentException">A value is outside its range; the message names it and the range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(ListenAddress);
        ArgumentNullException.ThrowIfNull(AdvertisedAddresses);
        InRange(Port, 0, 65535, nameof(Port));
        if (AdvertisedPort is { } port) InRange(port, 1, 65535, nameof(AdvertisedPort));
        InRange(AdvertisedAddresses.Count, 0, 16, nameof(AdvertisedAddresses));
        foreach (var address in AdvertisedAddresses)
        {
            if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
                throw new ArgumentException($"{nameof(AdvertisedAddresses)} must name addresses that viewers can reach, not {address}.");
        }

        InRange(ConsentTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), nameof(ConsentTimeout));
        InRange(SilenceTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), nameof(SilenceTimeout));
        InRange(ConnectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(ConnectTimeout));
        InRange(Mtu, 576, 1452, nameof(Mtu));
        InRange(HistoryPackets, 64, 16384, nameof(HistoryPackets));
        InRange(NackRepeatInterval, TimeSpan.Zero, TimeSpan.FromSeconds(1), nameof(NackRepeatInterval));
        InRange(PacingWindow, TimeSpan.Zero, TimeSpan.FromMilliseconds(100), nameof(PacingWindow));
        InRange(MaxViewers, 1, 100_000, nameof(MaxViewers));
        InRange(MaxHalfOpenViewers, 1, 10_000, nameof(MaxHalfOpenViewers));
        InRange(LossForTests, 0, 1, nameof(LossForTests));
    }

    private static void InRange<T>(T value, T low, T high, string name)
        where T : IComparable<T>
    {
        // Written so that NaN, which compares below everything, is refused too.
        if (value.CompareTo(low) < 0 || value.CompareTo(high) > 0)
            throw new ArgumentException($"{name} must be between {low} and {high}, not {value}.");
    }
}
