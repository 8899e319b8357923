namespace SanaLive.Grains.Placement;

/// <summary>Grains that stand for a silo: on the one that their key names.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("sanalive.placement.silo")]
public sealed class SiloPlacement : PlacementStrategy;
