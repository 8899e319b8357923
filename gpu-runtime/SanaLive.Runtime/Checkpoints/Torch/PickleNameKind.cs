namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>What a name in a pickle stands for.</summary>
internal enum PickleNameKind
{
    OrderedDictionary,
    Tensor,
    Parameter,
    Storage,
}
