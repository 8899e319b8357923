using SanaLive.Runtime.Checkpoints.Published;

namespace SanaLive.Runtime.Engine;

/// <summary>The sizes that the published models were trained with (section 4 of the reference); others work, and look worse.</summary>
public static class PublishedSizes
{
    /// <summary>Of the models with Wan 2.1's autoencoder.</summary>
    public static IReadOnlyList<PictureSize> Around480 { get; } =
        Parse("448x896 480x832 528x768 560x720 624x624 672x592 720x560 768x528 816x496 832x480 896x448");

    /// <summary>Of the models with LTX-2's autoencoder.</summary>
    public static IReadOnlyList<PictureSize> Around720 { get; } =
        Parse("672x1344 704x1280 800x1152 832x1088 960x960 1024x896 1088x832 1152x800 1248x736 1280x704 1344x672");

    public static IReadOnlyList<PictureSize> Of(PublishedVae vae) => vae == PublishedVae.Ltx2 ? Around720 : Around480;

    /// <summary>What a model makes that nobody asked for another size: 480x832, or 704x1280.</summary>
    public static PictureSize Default(PublishedVae vae) => Of(vae)[1];

    /// <summary>The one whose shape is nearest to a picture's, as the reference chooses: by the difference of height over width.</summary>
    public static PictureSize Nearest(PublishedVae vae, PictureSize picture) =>
        Of(vae).MinBy(size => Math.Abs((double)size.Height / size.Width - (double)picture.Height / picture.Width));

    private static PictureSize[] Parse(string sizes) => [.. sizes.Split(' ').Select(PictureSize.Parse)];
}
