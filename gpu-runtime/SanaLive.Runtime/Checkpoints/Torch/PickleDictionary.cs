namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>A dict or OrderedDict; keys are strings, whole numbers or truth values.</summary>
internal sealed class PickleDictionary
{
    public Dictionary<object, object?> Items { get; } = [];

    /// <summary>Only an OrderedDict has attributes (PyTorch hangs version numbers of modules on it); they are not kept.</summary>
    public bool IsOrdered { get; init; }
}
