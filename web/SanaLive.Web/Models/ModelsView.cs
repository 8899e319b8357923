using SanaLive.Runtime.Engine;

namespace SanaLive.Web.Models;

/// <summary>The models that this server runs.</summary>
/// <param name="Default">Name of the one that a new session gets.</param>
/// <param name="Models">Each once, however many engines run it.</param>
public sealed record ModelsView(string Default, IReadOnlyList<ModelCard> Models)
{
    public static ModelsView Of(IReadOnlyList<ModelCard> models) => new(models[0].Name, models);
}
