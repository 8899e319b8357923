using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>Turns the bytes of a mapped file into a tensor's numbers.</summary>
internal static class TensorNumbers
{
    /// <summary>All numbers as floats, row after row.</summary>
    /// <param name="file">Where they lie.</param>
    /// <param name="origin">The byte that the entry counts from.</param>
    /// <param name="entry">Which.</param>
    /// <exception cref="CheckpointException">They are no floating-point numbers.</exception>
    public static float[] Floats(MappedFile file, long origin, TensorEntry entry) => entry.Type switch
    {
        TensorType.F32 => InOrder<float>(file, origin, entry).ToArray(),
        TensorType.F64 => Array.ConvertAll(InOrder<double>(file, origin, entry).ToArray(), value => (float)value),
        TensorType.F16 => Widen(InOrder<Half>(file, origin, entry)),
        TensorType.BF16 => Kernels.BFloat16.Widen(InOrder<ushort>(file, origin, entry)),
        _ => throw new CheckpointException($"{entry.Name} in {file.Path} is {entry.Type}, not a tensor of weights."),
    };

    /// <summary>All numbers in bf16, row after row; a copy only where they are not so in the file.</summary>
    /// <inheritdoc cref="Floats"/>
    public static ReadOnlySpan<ushort> BFloat16(MappedFile file, long origin, TensorEntry entry) =>
        entry.Type == TensorType.BF16 ? InOrder<ushort>(file, origin, entry) : Kernels.BFloat16.Round(Floats(file, origin, entry));

    /// <summary>The numbers as they lie there, or gathered by their strides.</summary>
    private static ReadOnlySpan<T> InOrder<T>(MappedFile file, long origin, TensorEntry entry)
        where T : unmanaged
    {
        if (entry.Strides is not { } strides)
            return file.Read<T>(origin + entry.Start, entry.Count);
        var from = file.Read<T>(origin + entry.Start, checked((int)((entry.End - entry.Start) / Unsafe.SizeOf<T>())));
        var (result, index, at) = (new T[entry.Count], new int[entry.Shape.Count], 0L);
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = from[(int)at];
            for (var axis = index.Length - 1; axis >= 0; axis--)
            {
                at += strides[axis];
                if (++index[axis] < entry.Shape[axis])
                    break;
                at -= strides[axis] * entry.Shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float[] Widen(ReadOnlySpan<Half> values)
    {
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = (float)values[i];
        return result;
    }
}
