using System.Buffers;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Handover;

namespace SanaLive.Grains.Sessions;

/// <content>
/// How the session comes to this silo and leaves it. It is stopped at a block border and kept in the store in any case; what makes the pause
/// short travels with the grain, unless it is large: then the other silo reads it from the store, where it holds no message up.
/// </content>
public sealed partial class SessionGrain
{
    private const string Key = "sanalive.handover";

    private readonly CancellationTokenSource _leaving = new();
    private SessionHandover? _before;
    private byte[]? _after;
    private SessionException? _broken;
    private volatile bool _isElsewhere;
    private volatile bool _ended;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!await silo.BelongsAsync()) throw new SiloUnavailableException("This silo was declared dead, and takes no sessions over.");
        silo.Add(Id, this);
        try
        {
            await Outside(() => silo.Host.OpenAsync(Id, _before, cancellationToken));
        }
        catch (SessionException e)
        {
            // The activation answers with why.
            _broken = e;
        }

        _before = null;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync();
        var handover = await Outside(() => silo.Host.HandOverAsync(Id));
        silo.Remove(Id, this);
        if (handover is null) return;
        var travels = handover.StateBytes <= silo.Timings.LargestStateInMessage;
        _after = HandoverFormat.Write(travels ? handover : handover with { State = null });
    }

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_after is { } bytes) dehydrationContext.AddBytes(Key, bytes);
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (!rehydrationContext.TryGetBytes(Key, out var bytes)) return;
        try
        {
            _before = HandoverFormat.Read(bytes.ToArray());
        }
        catch (StoreException e)
        {
            // The store has it too: blocks are made again, and come out the same.
            silo.CannotReadHandover(Id, e);
        }
    }

    /// <summary>Has everybody who follows the session look for it again. From any thread.</summary>
    internal void Leave() => _leaving.Cancel();

    /// <summary>The session has ended on this silo. From any thread.</summary>
    internal void End(bool isElsewhere)
    {
        (_isElsewhere, _ended) = (isElsewhere, true);
        if (isElsewhere)
        {
            _leaving.Cancel();
            GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "Another silo owns the session."));
            return;
        }

        // Those who follow it fetch its last view first.
        _ = Task.Run(DeactivateAfterwardsAsync);

        async Task DeactivateAfterwardsAsync()
        {
            await Task.Delay(silo.Timings.Afterwards, time);
            GrainContext.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The session has ended."));
        }
    }
}
