using Orleans.Placement;

namespace SanaLive.Grains.Placement;

/// <inheritdoc cref="SessionPlacement"/>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SessionPlacementAttribute() : PlacementAttribute(new SessionPlacement());
