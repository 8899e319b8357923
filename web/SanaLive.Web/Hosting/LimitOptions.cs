namespace SanaLive.Web.Hosting;

/// <summary>What one address may ask for: so many at once, then so many a second. All 0.01 to 1,000,000.</summary>
public sealed class LimitOptions
{
    public double SessionBurst { get; set; } = 60;

    public double SessionsPerSecond { get; set; } = 20.0 / 60;

    public double CueBurst { get; set; } = 240;

    public double CuesPerSecond { get; set; } = 4;

    public double OfferBurst { get; set; } = 60;

    public double OffersPerSecond { get; set; } = 2;

    internal IEnumerable<string> Problems() =>
        from limit in new (string Name, double Value)[]
        {
            (nameof(SessionBurst), SessionBurst), (nameof(SessionsPerSecond), SessionsPerSecond),
            (nameof(CueBurst), CueBurst), (nameof(CuesPerSecond), CuesPerSecond),
            (nameof(OfferBurst), OfferBurst), (nameof(OffersPerSecond), OffersPerSecond),
        }
        where limit.Value is not (>= 0.01 and <= 1_000_000)
        select FormattableString.Invariant($"{ServerOptions.Section}:Limits:{limit.Name} must be 0.01 to 1000000, not {limit.Value}.");
}
