using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Engines;

namespace SanaLive.Grains.Places;

/// <summary>What one silo has to offer, and who waits there.</summary>
[GenerateSerializer, Immutable, Alias("sanalive.silo.report")]
public sealed class SiloReport
{
    [Id(0)]
    public required SiloAddress Silo { get; init; }

    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Sessions that its engines make at once, as measured; 0 when none of them serves.</summary>
    [Id(2)]
    public required int Places { get; init; }

    /// <summary>Sessions that have one of these places.</summary>
    [Id(3)]
    public required int Active { get; init; }

    /// <summary>Sessions that are there, watched or not.</summary>
    [Id(4)]
    public required int Sessions { get; init; }

    /// <summary>Sessions that wait for a place there, the first first.</summary>
    [Id(5)]
    public required string[] Waiting { get; init; }

    /// <summary>Whether one more that wants a place would be refused.</summary>
    [Id(6)]
    public required bool IsFull { get; init; }

    /// <summary>Takes no sessions: those that it has are being moved.</summary>
    [Id(7)]
    public required bool IsDraining { get; init; }

    [Id(8)]
    public required EngineView[] Engines { get; init; }

    [Id(9)]
    public required ModelCard Model { get; init; }

    /// <summary>Where its sessions are kept.</summary>
    [Id(10)]
    public required string Kept { get; init; }

    /// <summary>Places that nobody has, whoever may wait for them.</summary>
    public int Free => IsDraining ? 0 : Math.Max(0, Places - Active);

    /// <summary>Whether somebody who places sessions would do the same with both.</summary>
    public bool SaysTheSameAs(SiloReport other) =>
        (Places, Active, IsFull, IsDraining) == (other.Places, other.Active, other.IsFull, other.IsDraining) && Waiting.SequenceEqual(other.Waiting);
}
