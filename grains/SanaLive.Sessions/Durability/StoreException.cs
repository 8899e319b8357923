namespace SanaLive.Sessions.Durability;

/// <summary>Something that was kept cannot be used: damaged, cut short, of another version or another session. The message says which.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner);
