namespace SanaLive.Runtime.State;

/// <summary>A saved state that cannot be loaded: damaged, of another version, or of another model. The message says which.</summary>
public sealed class StateException(string message) : Exception(message);
