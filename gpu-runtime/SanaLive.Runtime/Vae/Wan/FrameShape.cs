namespace SanaLive.Runtime.Vae.Wan;

/// <summary>One frame of a feature map.</summary>
/// <param name="Role">What it is for; frames of the same role and shape share their memory.</param>
/// <param name="Scale">Its pixels on the side of a latent pixel.</param>
/// <param name="Channels">Numbers of a pixel.</param>
internal readonly record struct FrameShape(string Role, int Scale, int Channels)
{
    /// <summary>Of latent frames of height x width.</summary>
    public long Bytes(int height, int width) => sizeof(float) * (long)Rows(height, width) * Channels;

    public int Rows(int height, int width) => checked(height * width * Scale * Scale);
}
