namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>How a published folder is laid out.</summary>
public enum PublishedLayout
{
    /// <summary><c>model_index.json</c> and a folder for every part, weights as safetensors.</summary>
    Diffusers,

    /// <summary>The transformer as NVlabs' own <c>.pth</c> (or <c>.pt</c>); the other parts' folders beside it.</summary>
    NvLabs,
}
