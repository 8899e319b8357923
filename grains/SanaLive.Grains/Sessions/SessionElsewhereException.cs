namespace SanaLive.Grains.Sessions;

/// <summary>The session has left this silo, or has another owner: nothing was done, and the same call made again finds it.</summary>
[GenerateSerializer, Alias("sanalive.elsewhere")]
public sealed class SessionElsewhereException() : Exception("The session is on its way to another silo, or there already.");
