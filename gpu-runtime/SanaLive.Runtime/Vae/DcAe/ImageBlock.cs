namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>One step of the encoder or the decoder.</summary>
internal abstract class ImageBlock : IDisposable
{
    /// <summary>Every pixel sees all of the picture.</summary>
    public const int Everything = int.MaxValue;

    /// <summary>Pixels of the output along a side that come from two of the input: 1, 2 or 4.</summary>
    public virtual int OutputsOfTwo => 2;

    /// <summary>Rows of the input around a strip that rows of the output around it depend on; <see cref="Everything"/> for all.</summary>
    public abstract int Reach(int rows);

    /// <summary>Bytes of input, output and what is between at the most, for an input of so many pixels.</summary>
    public abstract long WorkingBytes(long pixels);

    /// <summary>Takes the features over: gives them back changed, or gives new ones and lets go of them.</summary>
    public abstract ImageFeatures Forward(ImageFeatures x);

    public abstract void Dispose();
}
