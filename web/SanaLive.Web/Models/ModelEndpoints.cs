using SanaLive.Web.Hosting;

namespace SanaLive.Web.Models;

/// <summary>What can be asked of this server's models.</summary>
public static class ModelEndpoints
{
    public static void MapModels(this WebApplication app) =>
        app.MapGet("/api/models", (Backend backend) => TypedResults.Ok(ModelsView.Of(backend.Models)));
}
