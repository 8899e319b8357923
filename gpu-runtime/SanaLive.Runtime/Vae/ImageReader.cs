using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// Reads a model's attributes in the latents of a picture: for each attribute one linear layer over a few statistics.
/// An optional part of a model folder, made by <c>training/train_image_reader.py</c>; on the host, since it is a few thousand products.
/// </summary>
internal sealed class ImageReader
{
    /// <summary>The picture is split into so many parts from top to bottom ...</summary>
    private const int Rows = 3;

    /// <summary>... and from left to right.</summary>
    private const int Columns = 2;

    private readonly int channels;
    private readonly List<(string Control, IReadOnlyList<string> Values, float[] Weight, float[] Bias)> heads = [];

    /// <summary>Takes <c>{attribute}.weight</c> [values, features] and <c>{attribute}.bias</c> [values] of every attribute that has them.</summary>
    /// <param name="controls">The model's; those that have words are read.</param>
    /// <param name="channels">Of the latents.</param>
    /// <param name="checkpoint">Nothing else may be in it.</param>
    public ImageReader(IReadOnlyList<ModelControl> controls, int channels, Checkpoint checkpoint)
    {
        this.channels = channels;
        foreach (var control in controls.Where(control => control.Values is not null && checkpoint.Has($"{control.Attribute}.weight")))
        {
            var (name, values) = (control.Attribute, control.Values!);
            heads.Add((control.Name, values, checkpoint.Take($"{name}.weight", values.Count, Features(channels)), checkpoint.Take($"{name}.bias", values.Count)));
        }

        checkpoint.Finish();
    }

    /// <summary>How many numbers describe a picture.</summary>
    public static int Features(int channels) => Rows * Columns * 2 * channels;

    /// <summary>The likeliest value of every control whose attribute the reader knows.</summary>
    /// <param name="latents">[height, width, channels], normalised.</param>
    /// <param name="height">Of the latents.</param>
    /// <param name="width">Of the latents.</param>
    public IReadOnlyDictionary<string, ControlValue> Read(ReadOnlySpan<float> latents, int height, int width)
    {
        var features = Describe(latents, height, width, channels);
        var read = new Dictionary<string, ControlValue>();
        foreach (var (control, values, weight, bias) in heads)
        {
            var best = Enumerable.Range(0, bias.Length).MaxBy(value => bias[value] + Dot(weight.AsSpan(value * features.Length, features.Length), features));
            read.Add(control, values[best]);
        }

        return read;
    }

    /// <summary>[parts from the top left, row by row][mean, maximum][channels].</summary>
    internal static float[] Describe(ReadOnlySpan<float> latents, int height, int width, int channels)
    {
        var features = new float[Features(channels)];
        for (var part = 0; part < Rows * Columns; part++)
        {
            var (top, bottom) = Part(part / Columns, Rows, height);
            var (left, right) = Part(part % Columns, Columns, width);
            var mean = features.AsSpan(part * 2 * channels, channels);
            var maximum = features.AsSpan((part * 2 + 1) * channels, channels);
            maximum.Fill(float.NegativeInfinity);
            for (var y = top; y < bottom; y++)
            {
                for (var x = left; x < right; x++)
                {
                    for (var c = 0; c < channels; c++)
                    {
                        var value = latents[(y * width + x) * channels + c];
                        mean[c] += value / ((bottom - top) * (right - left));
                        maximum[c] = Math.Max(maximum[c], value);
                    }
                }
            }
        }

        return features;
    }

    /// <summary>At least one row or column, however small the picture.</summary>
    private static (int From, int To) Part(int part, int parts, int size) => (part * size / parts, Math.Max((part + 1) * size / parts, part * size / parts + 1));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
