using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>Memory of one pass of Gemma 2 over some tokens of a text, after others whose keys and values are kept.</summary>
internal sealed class Gemma2Workspace : IDisposable
{
    private readonly List<Tensor> owned = [];

    /// <param name="kernels">Owns the memory.</param>
    /// <param name="config">Of the model.</param>
    /// <param name="before">Tokens whose keys and values are kept.</param>
    /// <param name="tokens">Tokens of the pass.</param>
    public Gemma2Workspace(KernelSet kernels, Gemma2Config config, int before, int tokens)
    {
        var (width, kvWidth, half) = (config.Heads * config.HeadDim, config.KeyValueHeads * config.HeadDim, config.HeadDim / 2);
        X = Create(tokens, config.Hidden);
        Y = Create(tokens, config.Hidden);
        Normed = Create(tokens, config.Hidden);
        Queries = Create(tokens, width);
        Attended = Create(tokens, width);
        Keys = Create(before + tokens, kvWidth);
        Values = Create(before + tokens, kvWidth);
        Up = Create(tokens, config.FeedForward);
        Wide = Create(tokens, config.FeedForward);
        Cos = Create(tokens, half);
        Sin = Create(tokens, half);
        (NewKeys, NewValues) = (Keys.Slice(before, tokens), Values.Slice(before, tokens));
        if (before > 0)
            (OldKeys, OldValues) = (Keys.Slice(0, before), Values.Slice(0, before));
        Rotations(kernels, config, before, tokens);

        Tensor Create(int rows, int columns)
        {
            owned.Add(kernels.Create(rows, columns));
            return owned[^1];
        }
    }

    public Tensor X { get; }

    public Tensor Y { get; }

    public Tensor Normed { get; }

    public Tensor Queries { get; }

    public Tensor Attended { get; }

    /// <summary>Of the kept tokens, then of the pass's; and so the values.</summary>
    public Tensor Keys { get; }

    public Tensor Values { get; }

    public Tensor NewKeys { get; }

    public Tensor NewValues { get; }

    public Tensor? OldKeys { get; }

    public Tensor? OldValues { get; }

    public Tensor Up { get; }

    public Tensor Wide { get; }

    /// <summary>[tokens, head dim / 2].</summary>
    public Tensor Cos { get; }

    public Tensor Sin { get; }

    public void Dispose() => owned.ForEach(tensor => tensor.Dispose());

    /// <summary>Angles are rounded as the reference rounds them: frequencies to fp32, then their products with the place.</summary>
    private void Rotations(KernelSet kernels, Gemma2Config config, int before, int tokens)
    {
        var half = config.HeadDim / 2;
        var (cos, sin) = (new double[tokens * half], new double[tokens * half]);
        for (var i = 0; i < half; i++)
        {
            var frequency = 1f / (float)Math.Pow(config.RopeTheta, 2.0 * i / config.HeadDim);
            for (var token = 0; token < tokens; token++)
                (sin[token * half + i], cos[token * half + i]) = Math.SinCos(frequency * (before + token));
        }

        kernels.Write(Cos, cos);
        kernels.Write(Sin, sin);
    }
}
