using Microsoft.AspNetCore.SignalR;
using SanaLive.Sessions;

namespace SanaLive.Web.Live;

/// <summary>Tells a hub's caller why a session refused; other failures stay in the server's log.</summary>
internal sealed class HubRefusals : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        TellAsync(() => next(invocationContext));

    public static async ValueTask<T> TellAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (SessionException refusal)
        {
            throw new HubException(refusal.Message);
        }
    }
}
