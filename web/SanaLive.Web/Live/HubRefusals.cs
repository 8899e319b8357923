using System.Globalization;
using Microsoft.AspNetCore.SignalR;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Live;

/// <summary>Tells a hub's caller why a session refused; other failures stay in the server's log.</summary>
internal sealed class HubRefusals : IHubFilter
{
    /// <summary>A hub's error is a text and nothing else: the status that the API would answer with goes before the sentence.</summary>
    public static HubException Of(int status, string sentence) => new(string.Create(CultureInfo.InvariantCulture, $"{status} {sentence}"));

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        TellAsync(() =>
        {
            // What has no defaults is refused here: below, it would be a fault of the server's, with a stack trace in its log.
            var missing = invocationContext.HubMethod.GetParameters().Zip(invocationContext.HubMethodArguments)
                .FirstOrDefault(argument => argument.Second is null && argument.First.ParameterType != typeof(CreateSession));
            return missing.First is null ? next(invocationContext) : throw Of(StatusCodes.Status400BadRequest, $"'{missing.First.Name}' must not be null.");
        });

    public static async ValueTask<T> TellAsync<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (SessionException refusal)
        {
            throw Of(Refusal.StatusOf(refusal.Error), refusal.Message);
        }
    }
}
