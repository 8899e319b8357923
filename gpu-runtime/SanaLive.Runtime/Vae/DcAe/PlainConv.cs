using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>A 3x3 convolution by itself, at the ends of the encoder and the decoder.</summary>
internal sealed class PlainConv(KernelSet kernels, Weights conv) : ImageBlock
{
    public override int Reach(int rows) => rows + 1;

    public override long WorkingBytes(long pixels) => pixels * (conv.Inputs + conv.Outputs) * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        var y = kernels.Create(x.Values.Rows, conv.Outputs);
        kernels.Conv3x3(x.Values, conv, x.Height, x.Width, y);
        x.Values.Dispose();
        return x with { Values = y };
    }

    public override void Dispose() => conv.Dispose();
}
