namespace SanaLive.Runtime.Engine;

/// <summary>One endless stream on an engine: its seed, state and decoder history. Of constant size at every block.</summary>
public interface IVideoStream : IDisposable
{
    ulong Seed { get; }

    /// <summary>Number of the block that is made next; 0 in a new stream.</summary>
    long NextBlock { get; }

    /// <summary>Bytes of the past that the next block needs (<c>StreamState</c>): the same at every block.</summary>
    long StateBytes { get; }

    /// <summary>The state policy in words, for example <c>window(3)</c>.</summary>
    string StatePolicy { get; }
}
