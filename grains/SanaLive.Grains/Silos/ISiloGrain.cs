using SanaLive.Sessions;
using SanaLive.Sessions.Engines;

namespace SanaLive.Grains.Silos;

/// <summary>A silo, by its address (<see cref="SiloAddress.ToParsableString"/>): what concerns all of its sessions, or its engines.</summary>
[Alias("sanalive.silo")]
public interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>The sessions that are there.</summary>
    Task<SessionView[]> ListAsync();

    /// <summary>The ids of all sessions that are kept, wherever they are.</summary>
    Task<string[]> KeptAsync();

    Task<EngineView[]> EnginesAsync();

    /// <summary>Sends a session to another silo; returns when it has left. One that is not there any more has left.</summary>
    Task MoveAwayAsync(string session, SiloAddress to);

    /// <summary>See <see cref="ISessionHost.DrainAsync"/>: the sessions of the silo's last engine go to other silos.</summary>
    Task<EngineView> DrainAsync(string engine);

    Task<EngineView> ServeAsync(string engine);
}
