namespace SanaLive.Runtime.Checkpoints;

/// <summary>Number formats of checkpoints, by their names in safetensors. Weights are in one of the first four.</summary>
public enum TensorType
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    BOOL,
}
