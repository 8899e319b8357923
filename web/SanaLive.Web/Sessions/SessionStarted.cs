using SanaLive.Sessions;

namespace SanaLive.Web.Sessions;

/// <summary>The answer to a creation: the only time that the director's key is told.</summary>
/// <param name="Id">Lets one watch.</param>
/// <param name="DirectorKey">Lets one steer.</param>
/// <param name="Whep">Path for a WHEP player.</param>
/// <param name="Watch">Path of the page for viewers.</param>
/// <param name="Direct">Path of the page for directors; the key is in its fragment, which browsers send to no server.</param>
/// <param name="Session">The session as it is now.</param>
public sealed record SessionStarted(string Id, string DirectorKey, string Whep, string Watch, string Direct, SessionView Session)
{
    public static SessionStarted From(SessionCreated created) => new(
        created.Id, created.DirectorKey, $"/whep/{created.Id}", $"/watch/{created.Id}", $"/direct/{created.Id}#{created.DirectorKey}",
        created.View);
}
