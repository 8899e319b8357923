using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Tests.Fakes;

internal sealed class FakeStream(ulong seed, StartImage? start = null) : IVideoStream
{
    public ulong Seed => seed;

    public StartImage? Start => start;

    public long NextBlock { get; set; }

    /// <summary>The state: every block depends on all before it.</summary>
    public string Past { get; set; } = "";

    public long StateBytes => 4096;

    public string StatePolicy => "window(3)";

    public bool Busy { get; set; }

    public bool Disposed { get; private set; }

    public void Dispose()
    {
        if (Busy) throw new InvalidOperationException("A stream was disposed while a block of it was being made.");
        Disposed = true;
    }
}
