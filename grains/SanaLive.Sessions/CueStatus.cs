namespace SanaLive.Sessions;

public enum CueStatus
{
    Accepted,
    Applied,

    /// <summary>Another cue for the same block came later and won.</summary>
    Superseded,
    Withdrawn,
}
