using System.Net;
using System.Threading.RateLimiting;

namespace SanaLive.Web.Hosting;

/// <summary>Lets an address through an endpoint as often as its limit says.</summary>
internal static class LimitFilter
{
    public static RouteHandlerBuilder Limited(
        this RouteHandlerBuilder endpoint, Func<RequestLimits, PartitionedRateLimiter<IPAddress>> which) =>
        endpoint.AddEndpointFilter(async (call, next) =>
        {
            var context = call.HttpContext;
            var limits = context.RequestServices.GetRequiredService<RequestLimits>();
            return RequestLimits.Refused(which(limits), context.Connection.RemoteIpAddress) is { } after
                ? Refusal.Later(context, StatusCodes.Status429TooManyRequests, RequestLimits.Sentence(after), after)
                : await next(call);
        });
}
