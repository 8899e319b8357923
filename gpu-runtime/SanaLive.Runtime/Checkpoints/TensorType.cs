namespace SanaLive.Runtime.Checkpoints;

/// <summary>Number formats of a safetensors file that are read.</summary>
public enum TensorType
{
    F64,
    F32,
    F16,
    BF16,
    I64,
}
