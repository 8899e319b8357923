namespace SanaLive.Grains.Clustering;

/// <summary>
/// How quickly a cluster finds out that a silo is gone, and what it allows for. The framework's own values are for services that may pause for
/// a minute; whoever watches a stream sees every second. All silos of a cluster must have the same.
/// </summary>
public sealed class ClusterTimings
{
    /// <summary>
    /// How long a probe of another silo may take. A probe is answered by a thread of its own and takes a millisecond in one data centre; a
    /// second lets a silo collect garbage or be throttled for a while and not be taken for dead.
    /// </summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probes missed in a row before a silo is suspected: with one, a single lost packet would kill a healthy silo; with two a death is known after 2 s.</summary>
    public int MissedProbes { get; set; } = 2;

    /// <summary>
    /// Silos that must agree that one is dead. One: with two silos, the smallest cluster that can lose one, there is no second to ask. A silo
    /// that is declared dead wrongly ends itself and is started again, and the epochs keep it from showing anything meanwhile.
    /// </summary>
    public int Votes { get; set; } = 1;

    /// <summary>How often the membership table is read although nobody told of a change: news travel by gossip within milliseconds, this is for when the gossip was lost.</summary>
    public TimeSpan TableRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often clients ask which silos can be talked to: a silo that froze keeps its connections, and only this tells a web server to leave it.</summary>
    public TimeSpan GatewayRefresh { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// For how long a part of the grain directory whose silo died is not given to others, in case it still answers. It must be longer than a death
    /// takes to be known, or a session could be on two silos; every second more is a second in which its sessions are not found.
    /// </summary>
    public TimeSpan DirectoryLease { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a watched session may say nothing before it sends a sign of life. A few bytes a second for each web server that watches it.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long whoever watches waits for a sign of life before looking for the session anew: three that did not come.</summary>
    public TimeSpan Silence { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The largest state that travels in a message, in bytes; larger ones are read from the store by the silo that they go to. The embedded world's
    /// have 3.3 MB. A message of 24 MB makes all others wait for 44 to 166 ms, and what is larger than <see cref="LargestMessage"/> is lost.
    /// </summary>
    public long LargestStateInMessage { get; set; } = 8_000_000;

    /// <summary>
    /// The largest message, in bytes. The framework puts all grains that migrate to one silo at the same time into one message and loses them all
    /// when it is too large; sessions go one at a time, so this is room that should never be needed.
    /// </summary>
    public int LargestMessage { get; set; } = 256 * 1024 * 1024;

    /// <summary>How often a silo tells the others what places it has, at least; it does at once when that changed.</summary>
    public TimeSpan Report { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a silo looks whether that changed.</summary>
    public TimeSpan Look { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How old the last report of a silo may be for sessions to be placed on it.</summary>
    public TimeSpan Fresh { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a silo that is stopped takes to move its sessions away, at most.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one session may take to go to another silo: it finishes a block first.</summary>
    public TimeSpan Migration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a session that was closed can still be asked for its last view.</summary>
    public TimeSpan Afterwards { get; set; } = TimeSpan.FromSeconds(5);
}
