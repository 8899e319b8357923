using SanaLive.Web.Hosting;

namespace SanaLive.Web.Sessions;

/// <summary>Lets only the holder of the session's director key through.</summary>
internal static class DirectorOnly
{
    public const string WrongKey = "This is not the director's key of this session. With a viewer's link one can watch, not steer.";

    public static TBuilder ForDirectors<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.AddEndpointFilter(async (call, next) =>
        {
            var context = call.HttpContext;
            if (BearerKey.Of(context.Request) is not { } key)
            {
                BearerKey.Demand(context.Response);
                return Refusal.Of(
                    StatusCodes.Status401Unauthorized,
                    "Only the session's director may do this: send the key that was told at its creation as 'Authorization: Bearer KEY'.");
            }

            var host = context.RequestServices.GetRequiredService<Backend>().Sessions;
            var session = (string)context.GetRouteValue("id")!;
            return await host.MaySteerAsync(session, key, context.RequestAborted)
                ? await next(call)
                : Refusal.Of(StatusCodes.Status403Forbidden, WrongKey);
        });
}
