namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>Whose small numbers a model divides by; <c>config.json</c> does not tell them apart.</summary>
public enum EpsVariant
{
    /// <summary>Attention 1e-15, norm of the cross-attention's queries and keys 1e-5.</summary>
    Diffusers,

    /// <summary>Attention 1e-8, norm of the cross-attention's queries and keys 1e-6: LongSANA, and everything run by NVlabs' own code.</summary>
    NvLabs,
}
