namespace SanaLive.Grains.Places;

/// <summary>The line of the whole cluster as one silo sees it.</summary>
/// <param name="Positions">From 1, of each session that waits there.</param>
/// <param name="FirstElsewhere">Position of the first that waits on another silo; <see cref="int.MaxValue"/>: none does.</param>
[GenerateSerializer, Immutable, Alias("sanalive.line")]
public sealed record LineView(Dictionary<string, int> Positions, int FirstElsewhere);
