using System.Security.Cryptography;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Eval.Judging;

/// <summary>
/// Says what a half second of pictures shows. Trained on the drawn world alone (<c>gpu-runtime/training/train_judge.py</c>) and frozen; it looks at half
/// the size, and answers speed and direction from motion alone. One thread at a time.
/// </summary>
internal sealed class Judge : IDisposable
{
    private static readonly float[] Luma = [.299f, .587f, .114f];
    private readonly JudgeConfig config;
    private readonly LookNetwork look;
    private readonly MotionNumbers motion;
    private readonly float[] motionMean;
    private readonly float[] motionStd;
    private readonly (float[] Weight, float[] Bias) motion2;
    private readonly (float[] Weight, float[] Bias) motion3;
    private readonly float[] motion1;
    private readonly float[][] bandBias;
    private readonly (float[] Weight, float[] Bias)[] heads;

    private Judge(KernelSet kernels, JudgeConfig config, Checkpoint checkpoint, string fingerprint)
    {
        (this.config, Fingerprint) = (config, fingerprint);
        motion = new MotionNumbers(config);
        var numbers = motion.Count;
        look = new LookNetwork(kernels, config, checkpoint);
        motionMean = checkpoint.Take("motion_mean", numbers);
        motionStd = checkpoint.Take("motion_std", numbers);
        (motion1, var bias) = Linear("motion1", config.MotionHidden, numbers / config.Bands);
        bandBias = [.. checkpoint.Take("band", config.Bands, config.MotionHidden).Chunk(config.MotionHidden).Select(row => row.Zip(bias, (a, b) => a + b).ToArray())];
        motion2 = Linear("motion2", config.BandFeatures, config.MotionHidden);
        motion3 = Linear("motion3", config.MotionFeatures, config.Bands * config.BandFeatures);
        heads = [.. config.Attributes.Select(attribute =>
            Linear($"heads.{attribute.Name}", attribute.Values.Count, config.Moving.Contains(attribute.Name) ? config.MotionFeatures : config.LookFeatures))];
        checkpoint.Finish();

        (float[] Weight, float[] Bias) Linear(string name, int outputs, int inputs) =>
            (checkpoint.Take($"{name}.weight", outputs, inputs), checkpoint.Take($"{name}.bias", outputs));
    }

    public IReadOnlyList<JudgedAttribute> Attributes => config.Attributes;

    /// <summary>Names of the attributes that a single picture shows; the others are read from motion.</summary>
    public IReadOnlyList<string> InAPicture => [.. Attributes.Select(attribute => attribute.Name).Except(config.Moving)];

    /// <summary>Pictures of a half second.</summary>
    public int Frames => config.Frames;

    /// <summary>Of the pictures that are judged.</summary>
    public int Width => 2 * config.Width;

    /// <summary>Of the pictures that are judged.</summary>
    public int Height => 2 * config.Height;

    /// <summary>Hash of the weights: results of different judges are never mixed.</summary>
    public string Fingerprint { get; }

    /// <param name="folder">Holds <c>config.json</c> and one safetensors file.</param>
    /// <param name="kernels">Used by this judge's thread alone.</param>
    /// <exception cref="CheckpointException">Missing, damaged, or of another kind.</exception>
    public static Judge Load(string folder, KernelSet kernels)
    {
        var config = JudgeConfig.Read(Path.Combine(folder, "config.json"));
        using var checkpoint = Checkpoint.Open(folder);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        checkpoint.AddTo(hash);
        return new Judge(kernels, config, checkpoint, Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    public int IndexOf(string attribute)
    {
        for (var i = 0; i < Attributes.Count; i++)
        {
            if (Attributes[i].Name == attribute)
                return i;
        }

        throw new FormatException($"The judge knows no '{attribute}'; it knows {string.Join(", ", Attributes.Select(a => a.Name))}.");
    }

    /// <param name="frames">[frames, height, width, 3], RGB.</param>
    public Verdict Look(ReadOnlySpan<byte> frames)
    {
        if (frames.Length != Frames * Height * Width * 3)
            throw new ArgumentException($"{frames.Length} bytes are not {Frames} pictures of {Width} x {Height}.", nameof(frames));
        var (pixels, stacked) = (config.Height * config.Width, 3 * config.ColourFrames.Count);
        var luminance = new float[Frames * pixels];
        var colour = new float[pixels * stacked];
        for (var frame = 0; frame < Frames; frame++)
        {
            var at = config.ColourFrames.ToList().IndexOf(frame);
            Halve(frames.Slice(frame * Height * Width * 3, Height * Width * 3), luminance.AsSpan(frame * pixels, pixels), at < 0 ? [] : colour.AsSpan(3 * at), stacked);
        }

        return Judged(look.Look(colour), luminance);
    }

    public void Dispose() => look.Dispose();

    private Verdict Judged(float[] looks, float[] luminance)
    {
        var numbers = motion.Measure(luminance);
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = Math.Clamp((numbers[i] - motionMean[i]) / motionStd[i], -5, 5);
        var perBand = numbers.Length / config.Bands;
        var bands = Enumerable.Range(0, config.Bands).SelectMany(band => Dense.Apply(
            Dense.Apply(numbers.AsSpan(band * perBand, perBand), motion1, bandBias[band], silu: true), motion2.Weight, motion2.Bias, silu: true)).ToArray();
        var moves = Dense.Apply(bands, motion3.Weight, motion3.Bias, silu: true);
        var answers = Attributes.Select((attribute, i) =>
            Dense.Softmax(Dense.Apply(config.Moving.Contains(attribute.Name) ? moves : looks, heads[i].Weight, heads[i].Bias, silu: false))).ToArray();
        return new Verdict(answers, [.. looks, .. moves]);
    }

    /// <summary>A picture at half its size, each pixel the mean of four: brightness 0 to 1, and colour -1 to 1 where it is wanted.</summary>
    private void Halve(ReadOnlySpan<byte> picture, Span<float> luminance, Span<float> colour, int stride)
    {
        for (var i = 0; i < luminance.Length; i++)
        {
            var at = (i / config.Width * 2 * Width + i % config.Width * 2) * 3;
            var light = 0f;
            for (var c = 0; c < 3; c++)
            {
                var mean = (picture[at + c] + picture[at + 3 + c] + picture[at + 3 * Width + c] + picture[at + 3 * Width + 3 + c]) / (4 * 255f);
                light += Luma[c] * mean;
                if (!colour.IsEmpty)
                    colour[i * stride + c] = (mean - .5f) * 2;
            }

            luminance[i] = light;
        }
    }
}
