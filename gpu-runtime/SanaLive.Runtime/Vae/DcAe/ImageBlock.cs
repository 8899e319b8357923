namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>One step of the encoder or the decoder.</summary>
internal abstract class ImageBlock : IDisposable
{
    /// <summary>Takes the features over: gives them back changed, or gives new ones and lets go of them.</summary>
    public abstract ImageFeatures Forward(ImageFeatures x);

    public abstract void Dispose();
}
