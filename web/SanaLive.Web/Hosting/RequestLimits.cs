using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace SanaLive.Web.Hosting;

/// <summary>What one address may ask for; the same for HTTP requests and hub calls.</summary>
public sealed class RequestLimits(ServerOptions options) : IDisposable
{
    /// <summary>Largest request body, and largest hub message.</summary>
    public const int BodyBytes = 64 * 1024;

    /// <summary>New sessions.</summary>
    public PartitionedRateLimiter<IPAddress> Creations { get; } = Create(options.Limits.SessionBurst, options.Limits.SessionsPerSecond);

    /// <summary>Cues and changes to them.</summary>
    public PartitionedRateLimiter<IPAddress> Cues { get; } = Create(options.Limits.CueBurst, options.Limits.CuesPerSecond);

    /// <summary>WHEP offers.</summary>
    public PartitionedRateLimiter<IPAddress> Offers { get; } = Create(options.Limits.OfferBurst, options.Limits.OffersPerSecond);

    /// <summary>Null when the address may go on, otherwise the time after which it may.</summary>
    public static TimeSpan? Refused(PartitionedRateLimiter<IPAddress> limiter, IPAddress? address)
    {
        using var lease = limiter.AttemptAcquire(address ?? IPAddress.None);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
    }

    /// <summary>What is said to an address that has to wait.</summary>
    public static string Sentence(TimeSpan after) =>
        $"Too many requests from your address. Try again in {Math.Max(1, (long)Math.Ceiling(after.TotalSeconds))} s.";

    public void Dispose()
    {
        Creations.Dispose();
        Cues.Dispose();
        Offers.Dispose();
    }

    private static PartitionedRateLimiter<IPAddress> Create(double burst, double perSecond)
    {
        // One token per period: a bucket that refills in fractions of a token is not to be had.
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = Math.Max(1, (int)burst),
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1 / perSecond),
            QueueLimit = 0,
        };
        return PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(Network(address), _ => bucket));
    }

    /// <summary>Whoever has an IPv6 address has the other 2^64 of its network too.</summary>
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
