using SanaLive.Sessions.Recordings;

namespace SanaLive.Grains.Sessions;

/// <summary>A recording that is read on its session's silo while it is written here.</summary>
/// <param name="parts">At the first one.</param>
internal sealed class RemoteRecordingCut(IAsyncEnumerator<RecordingPart> parts)
    : RecordingCut(parts.Current.From, parts.Current.To, parts.Current.FramesPerSecond, parts.Current.Length)
{
    public override async Task WriteAsync(Stream to, CancellationToken cancellation)
    {
        while (await parts.MoveNextAsync()) await to.WriteAsync(parts.Current.Bytes, cancellation);
    }

    // The silo ends what nobody asks for any more.
    protected override void Dispose(bool disposing) => _ = parts.DisposeAsync().AsTask();
}
