namespace SanaLive.Sessions;

public enum CueStatus
{
    Accepted,
    Applied,

    /// <summary>Another cue for the same block came later and says everything anew.</summary>
    Superseded,
    Withdrawn,
}
