namespace SanaLive.Runtime.Kernels;

/// <summary>
/// What happens to a matrix product on its way to memory:
/// <c>y = Residual + Gate * Activation(product + bias)</c>. The residual may be the output itself.
/// </summary>
/// <param name="Activation">Applied after the bias.</param>
/// <param name="Residual">Same shape as the output; null adds nothing.</param>
/// <param name="Gate">
/// Shape [groups, columns]; the output's rows are split into <c>groups</c> equal runs (one per sample, frame or token).
/// Null is a gate of one. With one row for every row of the output it is a product, element by element.
/// </param>
/// <param name="GateColumn">The first column of the gate within <paramref name="Gate"/>.</param>
public readonly record struct Epilogue(Activation Activation = Activation.None, Tensor? Residual = null, Tensor? Gate = null, int GateColumn = 0);
