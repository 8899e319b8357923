namespace SanaLive.Sessions;

/// <summary>Why a session refused.</summary>
public enum SessionError
{
    NotFound,

    /// <summary>The request cannot be right: the sentence says what to change.</summary>
    Invalid,

    /// <summary>Right in itself, but more than is allowed: the sentence says how much is.</summary>
    TooLarge,

    /// <summary>Right in itself, but not now (the cue was applied already, the session is closed).</summary>
    Conflict,

    /// <summary>No room and the line is full.</summary>
    Overloaded,

    /// <summary>This installation lacks something that its operator can add.</summary>
    Unsupported,
    Failed,
}
