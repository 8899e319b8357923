using Microsoft.AspNetCore.SignalR;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Live;

/// <summary>The hub.</summary>
internal static class LiveEndpoints
{
    public static void AddLive(this IServiceCollection services) => services
        .AddSignalR(hub =>
        {
            hub.MaximumReceiveMessageSize = RequestLimits.MessageBytes;
            hub.AddFilter<HubRefusals>();
        })
        .AddJsonProtocol(json => JsonSettings.Apply(json.PayloadSerializerOptions));

    public static void MapLive(this WebApplication app) => app.MapHub<LiveHub>("/hub/live");
}
