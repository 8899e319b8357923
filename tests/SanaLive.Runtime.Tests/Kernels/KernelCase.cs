using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Tests.Kernels;

/// <summary>
/// One call of one kernel: made of deterministic numbers, so that it can be run on any kernel set and its output compared.
/// </summary>
/// <param name="Name">The kernel and its shapes.</param>
/// <param name="Rows">Rows of the output.</param>
/// <param name="Columns">Columns of the output.</param>
/// <param name="Prepare">Makes the inputs on a kernel set and gives the call that writes the output.</param>
public sealed record KernelCase(string Name, int Rows, int Columns, Func<KernelSet, Tensor, Action> Prepare)
{
    /// <summary>
    /// Beside the roundings of fp32: where an input lies in the middle between two 8-bit steps, it may fall to the other side than in
    /// double. One step of one input, times the largest weight.
    /// </summary>
    public float Slack { get; init; }

    /// <summary>Runs the call once and reads what it wrote.</summary>
    public float[] Run(KernelSet kernels)
    {
        using var output = kernels.Create(Rows, Columns);
        var result = new float[Rows * Columns];
        // What a kernel fails to write shows.
        Array.Fill(result, float.NaN);
        kernels.Write(output, result);
        Prepare(kernels, output)();
        kernels.Read(output, result);
        return result;
    }

    public override string ToString() => Name;
}
