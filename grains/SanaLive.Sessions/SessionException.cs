namespace SanaLive.Sessions;

/// <summary>A refusal with a sentence that a person can act on.</summary>
public sealed class SessionException(SessionError error, string message, Exception? inner = null) : Exception(message, inner)
{
    public SessionError Error { get; } = error;
}
