namespace SanaLive.Sessions.Playback;

/// <summary>Wakes one waiting loop. A signal that is set while nobody waits ends the next wait at once; several are one.</summary>
internal sealed class Signal
{
    private TaskCompletionSource _set = Unset();

    public void Set() => Volatile.Read(ref _set).TrySetResult();

    public async Task WaitAsync()
    {
        await _set.Task;
        Volatile.Write(ref _set, Unset());
    }

    private static TaskCompletionSource Unset() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
