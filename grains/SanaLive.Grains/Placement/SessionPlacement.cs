namespace SanaLive.Grains.Placement;

/// <summary>Sessions go to silos that have engines, the one with the most free measured places first.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("sanalive.placement.session")]
public sealed class SessionPlacement : PlacementStrategy;
