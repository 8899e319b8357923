namespace SanaLive.Runtime.Checkpoints;

/// <summary>A checkpoint that cannot be used. The message names the file or tensor and what was expected of it.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string message)
        : base(message)
    {
    }

    public CheckpointException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
