namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>A view of a storage; it is within it, and has no more numbers than it.</summary>
/// <param name="Storage">Whose numbers.</param>
/// <param name="Offset">The first of them.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Strides">Numbers from one index to the next.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, int[] Shape, long[] Strides)
{
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var axis = Shape.Length - 1; axis >= 0; expected *= Shape[axis--])
            {
                if (Shape[axis] != 1 && Strides[axis] != expected)
                    return false;
            }

            return true;
        }
    }

    /// <summary>Numbers from the first to one past the last.</summary>
    public long Span => Shape.Contains(0) ? 0 : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();
}
