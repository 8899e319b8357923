using System.Numerics;

namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>Makes storages and tensors of what a pickle says about them, and believes none of it unchecked.</summary>
internal static class TorchValues
{
    /// <param name="source">For messages.</param>
    /// <param name="id"><c>("storage", class, key, device, count)</c>.</param>
    /// <exception cref="CheckpointException">It is something else.</exception>
    public static TorchStorage Storage(string source, object? id) =>
        id is object?[] and ["storage", PickleName { Kind: PickleNameKind.Storage } type, string key, string, long count]
            ? count >= 0
                ? new TorchStorage(type.Type, key, count)
                : throw new CheckpointException($"{source} has a storage {key} of {count} numbers.")
            : throw new CheckpointException($"{source} refers to something outside of it that is no storage of numbers.");

    /// <param name="source">For messages.</param>
    /// <param name="arguments"><c>(storage, offset, shape, strides, ...)</c>; what follows is about training.</param>
    /// <exception cref="CheckpointException">It reaches out of its storage, or has more numbers than it.</exception>
    public static TorchTensor Tensor(string source, object?[] arguments)
    {
        if (arguments is not [TorchStorage storage, long offset, object?[] sizes, object?[] steps, ..] || sizes.Length != steps.Length)
            throw new CheckpointException($"{source} makes a tensor of something else than a storage, an offset, a shape and strides.");
        var shape = Array.ConvertAll(sizes, size => size is long value and >= 0 and <= int.MaxValue ? (int)value : throw Impossible(sizes));
        var strides = Array.ConvertAll(steps, step => step is long value and >= 0 ? value : throw Impossible(steps));
        var count = shape.Aggregate(BigInteger.One, (product, size) => product * size);
        var last = offset + shape.Zip(strides, (size, stride) => (BigInteger)(size - 1) * stride).Aggregate(BigInteger.Zero, (sum, step) => sum + step);
        var text = $"{source} has a tensor [{string.Join(", ", shape)}] with strides [{string.Join(", ", strides)}] at {offset}";
        if (offset < 0 || (count > 0 && last >= storage.Count) || offset > storage.Count)
            throw new CheckpointException($"{text}, which is not within the {storage.Count} numbers of its storage {storage.Key}.");
        if (count > storage.Count || count > int.MaxValue)
            throw new CheckpointException($"{text}: {count} numbers of a storage of {storage.Count}.");
        return new TorchTensor(storage, offset, shape, strides);

        CheckpointException Impossible(object?[] values) => new($"{source} has a tensor with the shape or strides [{string.Join(", ", values)}].");
    }
}
