using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Web.Hosting;

/// <summary>What one address may ask for; the same for HTTP requests and hub calls.</summary>
public sealed class RequestLimits(ServerOptions options) : IDisposable
{
    /// <summary>Largest request body, but for those of <see cref="CreationBytes"/>.</summary>
    public const int BodyBytes = 64 * 1024;

    /// <summary>Largest body of a request for a new session: it may hold a picture of <see cref="PictureLimits.Bytes"/>, and base64 makes four bytes of three.</summary>
    public const int CreationBytes = 12 * 1024 * 1024;

    /// <summary>
    /// Largest hub message: a PNG of 320 x 192 pixels fits whatever it shows. Larger pictures are for the API, where a limit is one request's; a
    /// hub keeps room for a message on each of its connections.
    /// </summary>
    public const int MessageBytes = 384 * 1024;

    /// <summary>What is said of a body that is larger than the endpoint takes.</summary>
    public static string SentenceOnSize(HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        var bytes = endpoint?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? BodyBytes;
        return bytes >= 1 << 20 ? $"The body is larger than {bytes >> 20} MB." : $"The body is larger than {bytes >> 10} KB.";
    }

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
