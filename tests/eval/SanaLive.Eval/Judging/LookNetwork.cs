using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Eval.Judging;

/// <summary>The judge's eye for everything but motion: two colour pictures to a row of features. <c>look_at</c> in <c>judge.py</c>.</summary>
internal sealed class LookNetwork : IDisposable
{
    private readonly KernelSet kernels;
    private readonly JudgeConfig config;
    private readonly List<Stage> stages = [];
    private readonly Tensor normGain;
    private readonly float[] lookWeight;
    private readonly float[] lookBias;

    public LookNetwork(KernelSet kernels, JudgeConfig config, Checkpoint checkpoint)
    {
        (this.kernels, this.config) = (kernels, config);
        var (inputs, height, width) = (3 * config.ColourFrames.Count, config.Height, config.Width);
        for (var i = 0; i < config.Channels.Count; i++)
        {
            var (factor, channels) = (i == 0 ? config.Patch : 2, config.Channels[i]);
            (height, width) = (height / factor, width / factor);
            stages.Add(new Stage(kernels, checkpoint, i, factor, inputs, channels, config.Blocks[i], height, width));
            inputs = channels;
        }

        normGain = kernels.Row(checkpoint.Take("norm.gain", inputs));
        lookWeight = checkpoint.Take("look.weight", config.LookFeatures, 2 * inputs);
        lookBias = checkpoint.Take("look.bias", config.LookFeatures);
    }

    /// <param name="colour">[height, width, colour frames * 3], -1 to 1.</param>
    public float[] Look(ReadOnlySpan<float> colour)
    {
        kernels.Write(stages[0].Input, colour);
        for (var i = 0; i < stages.Count; i++)
            stages[i].Forward(kernels, i + 1 < stages.Count ? stages[i + 1].Input : null, config.RmsEps);
        var last = stages[^1];
        kernels.RmsNorm(last.X, normGain, config.RmsEps, relu: false, last.A);
        kernels.Activate(last.A, Activation.Silu, last.A);
        var values = new float[last.A.Count];
        kernels.Read(last.A, values);
        var (rows, columns) = (last.A.Rows, last.A.Columns);
        var pooled = new float[2 * columns];
        pooled.AsSpan(columns).Fill(float.NegativeInfinity);
        for (var i = 0; i < values.Length; i++)
        {
            pooled[i % columns] += values[i] / rows;
            pooled[columns + i % columns] = Math.Max(pooled[columns + i % columns], values[i]);
        }

        return Dense.Apply(pooled, lookWeight, lookBias, silu: true);
    }

    public void Dispose()
    {
        normGain.Dispose();
        stages.ForEach(stage => stage.Dispose());
    }

    /// <summary>Squares of pixels become one, then residual blocks <c>x + conv(silu(norm(x)))</c>.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly int factor;
        private readonly int height;
        private readonly int width;
        private readonly Weights down;
        private readonly Tensor deep;
        private readonly (Tensor Gain, Weights Conv)[] blocks;

        public Stage(KernelSet kernels, Checkpoint checkpoint, int index, int factor, int inputs, int channels, int count, int height, int width)
        {
            (this.factor, this.height, this.width) = (factor, height, width);
            var places = factor * factor;
            var weight = checkpoint.Take($"down.{index}.weight", channels, inputs, factor, factor);
            var turned = new float[weight.Length];                     // columns as SpaceToDepth makes them: (dy, dx, channel)
            for (var i = 0; i < weight.Length; i++)
            {
                var (output, input, place) = (i / (inputs * places), i / places % inputs, i % places);
                turned[(output * places + place) * inputs + input] = weight[i];
            }

            down = kernels.PackLinear(turned, channels, places * inputs, checkpoint.Take($"down.{index}.bias", channels));
            blocks = [.. Enumerable.Range(0, count).Select(i => (
                kernels.Row(checkpoint.Take($"blocks.{index}.{i}.norm.gain", channels)),
                kernels.PackConv3x3(checkpoint.Take($"blocks.{index}.{i}.conv.weight", channels, channels, 3, 3), channels, channels, checkpoint.Take($"blocks.{index}.{i}.conv.bias", channels))))];
            Input = kernels.Create(height * width * places, inputs);
            deep = kernels.Create(height * width, places * inputs);
            X = kernels.Create(height * width, channels);
            A = kernels.Create(height * width, channels);
        }

        public Tensor Input { get; }

        public Tensor X { get; }

        public Tensor A { get; }

        public void Forward(KernelSet kernels, Tensor? next, float eps)
        {
            kernels.SpaceToDepth(Input, height * factor, width * factor, factor, deep);
            kernels.Linear(deep, down, X);
            foreach (var (gain, conv) in blocks)
            {
                kernels.RmsNorm(X, gain, eps, relu: false, A);
                kernels.Activate(A, Activation.Silu, A);
                kernels.Conv3x3(A, conv, height, width, X, new Epilogue(Residual: X));
            }

            if (next is not null)
                kernels.Copy(X, next);
        }

        public void Dispose()
        {
            down.Dispose();
            foreach (var (gain, conv) in blocks)
            {
                gain.Dispose();
                conv.Dispose();
            }

            foreach (var tensor in new[] { Input, deep, X, A })
                tensor.Dispose();
        }
    }
}
