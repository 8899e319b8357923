using Microsoft.AspNetCore.SignalR;
using SanaLive.Sessions;

namespace SanaLive.Web.Live;

/// <summary>Tells a hub's caller why a session refused; other failures stay in the server's log.</summary>
internal sealed class HubRefusals : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        TellAsync(() =>
        {
            // What has no defaults is refused here: below, it would be a fault of the server's, with a stack trace in its log.
            var missing = invocationContext.HubMethod.GetParameters().Zip(invocationContext.HubMethodArguments)
                .FirstOrDefault(argument => argument.Second is null && argument.First.ParameterType != typeof(CreateSession));
            return missing.First is null ? next(invocationContext) : throw new HubException($"'{missing.First.Name}' must not be null.");
        });

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
