namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>What a checkpoint's pickle may name, and nothing else.</summary>
internal sealed record PickleName(PickleNameKind Kind, TensorType Type = default)
{
    private static readonly Dictionary<string, PickleName> Known = new(StringComparer.Ordinal)
    {
        ["collections.OrderedDict"] = new(PickleNameKind.OrderedDictionary),
        ["torch._utils._rebuild_tensor_v2"] = new(PickleNameKind.Tensor),
        ["torch._utils._rebuild_parameter"] = new(PickleNameKind.Parameter),
        ["torch.DoubleStorage"] = new(PickleNameKind.Storage, TensorType.F64),
        ["torch.FloatStorage"] = new(PickleNameKind.Storage, TensorType.F32),
        ["torch.HalfStorage"] = new(PickleNameKind.Storage, TensorType.F16),
        ["torch.BFloat16Storage"] = new(PickleNameKind.Storage, TensorType.BF16),
        ["torch.LongStorage"] = new(PickleNameKind.Storage, TensorType.I64),
        ["torch.IntStorage"] = new(PickleNameKind.Storage, TensorType.I32),
        ["torch.ShortStorage"] = new(PickleNameKind.Storage, TensorType.I16),
        ["torch.CharStorage"] = new(PickleNameKind.Storage, TensorType.I8),
        ["torch.ByteStorage"] = new(PickleNameKind.Storage, TensorType.U8),
        ["torch.BoolStorage"] = new(PickleNameKind.Storage, TensorType.BOOL),
    };

    public static PickleName? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");
}
