using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>All memory for decoding one latent frame, laid out once. X, A and B are hidden states and scratch at 1/16, 1/8, 1/4 and 1/2 of the picture.</summary>
internal sealed class WorldDecoderWorkspace : IDisposable
{
    private readonly List<Tensor> all = [];
    private readonly KernelSet kernels;

    public WorldDecoderWorkspace(KernelSet kernels, WorldVaeConfig config, int height, int width)
    {
        this.kernels = kernels;
        (Height, Width) = (height, width);
        var (c16, c8, c4, c2) = (config.DecoderChannels[0], config.DecoderChannels[1], config.DecoderChannels[2], config.DecoderChannels[3]);
        var pixels = height * width;
        const int frames = WorldVaeConfig.FramesPerLatent;
        HostLatents = new float[pixels * config.LatentChannels];
        Latents = New(pixels, config.LatentChannels);
        (X16, A16, B16) = (New(pixels, c16), New(pixels, c16), New(pixels, c16));
        Deep8 = New(pixels, 4 * c8);
        (X8, A8, B8) = (New(4 * pixels, c8), New(4 * pixels, c8), New(4 * pixels, c8));
        Deep4 = New(4 * pixels, 4 * c4);
        (X4, A4, B4) = (New(frames * 16 * pixels, c4), New(frames * 16 * pixels, c4), New(frames * 16 * pixels, c4));
        X4Frames = [.. Enumerable.Range(0, frames).Select(frame => X4.Slice(frame * 16 * pixels, 16 * pixels))];
        Differs = B4.Slice(0, 16 * pixels);
        Deep2 = New(frames * 16 * pixels, 4 * c2);
        (X2, A2) = (New(frames * 64 * pixels, c2), New(frames * 64 * pixels, c2));
        Deep1 = New(frames * 64 * pixels, 12);
        Rgb = New(frames * 256 * pixels, 3);
    }

    public int Height { get; }

    public int Width { get; }

    public float[] HostLatents { get; }

    public Tensor Latents { get; }

    public Tensor X16 { get; }

    public Tensor A16 { get; }

    public Tensor B16 { get; }

    public Tensor Deep8 { get; }

    public Tensor X8 { get; }

    public Tensor A8 { get; }

    public Tensor B8 { get; }

    public Tensor Deep4 { get; }

    public Tensor X4 { get; }

    public Tensor A4 { get; }

    public Tensor B4 { get; }

    /// <summary>Each of the four pictures in <see cref="X4"/>.</summary>
    public IReadOnlyList<Tensor> X4Frames { get; }

    /// <summary>The last picture less this latent frame's own idea of it. A part of <see cref="B4"/>.</summary>
    public Tensor Differs { get; }

    public Tensor Deep2 { get; }

    public Tensor X2 { get; }

    public Tensor A2 { get; }

    public Tensor Deep1 { get; }

    public Tensor Rgb { get; }

    public void Dispose() => all.ForEach(tensor => tensor.Dispose());

    private Tensor New(int rows, int columns)
    {
        var tensor = kernels.Create(rows, columns);
        all.Add(tensor);
        return tensor;
    }
}
