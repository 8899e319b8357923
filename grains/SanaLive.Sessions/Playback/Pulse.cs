namespace SanaLive.Sessions.Playback;

/// <summary>
/// Tells any number of readers that something has changed; what it is they look up themselves, so nobody is ever sent more than the newest.
/// Take <see cref="Next"/> before looking, and await it when there was nothing.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = Unset();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Fire() => Interlocked.Exchange(ref _next, Unset()).TrySetResult();

    private static TaskCompletionSource Unset() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
