using System.Net;
using System.Security.Cryptography;
using System.Text;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Sessions;

/// <summary>Lets people at this machine through, and whoever holds the operator's key.</summary>
internal static class OperatorOnly
{
    public static RouteHandlerBuilder ForOperators(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter(async (call, next) =>
    {
        var context = call.HttpContext;
        var operatorKey = context.RequestServices.GetRequiredService<ServerOptions>().OperatorKey;
        if (BearerKey.Of(context.Request) is { } key)
        {
            return operatorKey is not null && Same(key, operatorKey)
                ? await next(call)
                : Refusal.Of(StatusCodes.Status403Forbidden, operatorKey is null
                    ? "This server was started without --operator-key, so this is only done on its own machine."
                    : "This is not the operator's key.");
        }

        if (IsLocal(context)) return await next(call);
        BearerKey.Demand(context.Response);
        return Refusal.Of(
            StatusCodes.Status401Unauthorized,
            "This is only done on the server's own machine, or for the operator's key as 'Authorization: Bearer KEY'.");
    });

    /// <summary>
    /// A loopback connection alone proves little: a reverse proxy on this machine makes one for everybody, and so does a web page
    /// whose name was pointed at 127.0.0.1. The first adds a forwarding header, the second cannot forge the host it asks for.
    /// </summary>
    private static bool IsLocal(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey("Forwarded") || headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Forwarded-Host")) return false;
        var host = context.Request.Host.Host;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(Plain(address))
            && (host is "localhost" || (IPAddress.TryParse(host, out var named) && IPAddress.IsLoopback(Plain(named))));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool Same(string given, string wanted) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(wanted)));
}
