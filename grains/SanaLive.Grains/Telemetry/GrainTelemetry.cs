using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SanaLive.Grains.Telemetry;

/// <summary>The <see cref="ActivitySource"/> and the <see cref="Meter"/> of the cluster. A session has the same name here as in <c>SanaLive.Sessions</c>.</summary>
public static class GrainTelemetry
{
    public const string Name = "SanaLive.Grains";

    public const string Migrations = "sanalive.cluster.migrations";
    public const string MigrationDuration = "sanalive.cluster.migration.duration";
    public const string Resumes = "sanalive.cluster.resumes";

    internal static readonly ActivitySource Source = new(Name);
    internal static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> MigrationCount = Meter.CreateCounter<long>(Migrations, "{session}", "Sessions that went to another silo.");
    internal static readonly Histogram<double> MigrationTime = Meter.CreateHistogram<double>(MigrationDuration, "s", "From the last call on one silo to the first on the other.");
    internal static readonly Counter<long> ResumeCount = Meter.CreateCounter<long>(Resumes, "{watch}", "Times that a session had to be looked for again by those who follow it.");

    /// <summary>What the log and the tags call a session: whoever knows its whole id may watch.</summary>
    public static string Tag(string session) => session[..Math.Min(6, session.Length)];

    internal static Activity? Start(string name, string session) => Source.StartActivity(name)?.SetTag("sanalive.session", Tag(session));
}
