namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>The published checkpoints by their names on the hub.</summary>
/// <param name="Name">Owner and repository.</param>
/// <param name="Kind">What it makes.</param>
/// <param name="Vae">Its autoencoder.</param>
/// <param name="Layout">How it is laid out.</param>
/// <param name="File">The transformer's weights inside the repository, where they are one file; null for diffusers' folders.</param>
public sealed record PublishedRepository(string Name, PublishedKind Kind, PublishedVae Vae, PublishedLayout Layout, string? File = null)
{
    private const string Owner = "Efficient-Large-Model/";

    public static IReadOnlyList<PublishedRepository> All { get; } =
    [
        new($"{Owner}SANA-Video_2B_480p_diffusers", PublishedKind.Clip, PublishedVae.Wan21, PublishedLayout.Diffusers),
        new($"{Owner}SANA-Video_2B_720p_diffusers", PublishedKind.Clip, PublishedVae.Ltx2, PublishedLayout.Diffusers),
        new($"{Owner}SANA-Video_2B_480p_LongLive_diffusers", PublishedKind.LongSana, PublishedVae.Wan21, PublishedLayout.Diffusers),
        new($"{Owner}SANA-Video_2B_480p", PublishedKind.Clip, PublishedVae.Wan21, PublishedLayout.NvLabs, "checkpoints/SANA_Video_2B_480p.pth"),
        new($"{Owner}SANA-Video_2B_720p", PublishedKind.Clip, PublishedVae.Ltx2, PublishedLayout.NvLabs, "checkpoints/SANA_Video_2B_720p.pth"),
        new($"{Owner}SANA-Video_2B_480p_LongLive", PublishedKind.LongSana, PublishedVae.Wan21, PublishedLayout.NvLabs, "checkpoints/SANA_Video_2B_480p_LongLive.pth"),
        new($"{Owner}LongSANA_2B_480p_self_forcing", PublishedKind.LongSana, PublishedVae.Wan21, PublishedLayout.NvLabs, "checkpoints/LongSANA_2B_480p_self_forcing.pt"),
        new($"{Owner}LongSANA_2B_480p_ode", PublishedKind.LongSana, PublishedVae.Wan21, PublishedLayout.NvLabs, "checkpoints/LongSANA_2B_480p_ode.pt"),
    ];

    /// <summary>The repository of a folder's own name, else the first of its kind.</summary>
    public static PublishedRepository Of(string folderName, PublishedKind kind, PublishedVae vae, PublishedLayout layout)
    {
        var fitting = All.Where(known => known.Kind == kind && known.Vae == vae && known.Layout == layout).ToArray();
        var named = All.Where(known => known.Layout == layout && Same(known.Name[Owner.Length..], folderName));
        return named.Concat(fitting).FirstOrDefault() ?? new("the same repository", kind, vae, layout);
    }

    /// <summary>Where the parts that are not NVlabs' own can be had in diffusers' layout.</summary>
    public static PublishedRepository PartsOf(PublishedKind kind, PublishedVae vae) => Of(string.Empty, kind, vae, PublishedLayout.Diffusers);

    private static bool Same(string published, string folder) => string.Equals(published, folder, StringComparison.OrdinalIgnoreCase);
}
