namespace SanaLive.Runtime.Engine;

/// <summary>Parts of a model that is being loaded: given back together if the loading fails.</summary>
internal sealed class LoadedParts : IDisposable
{
    private readonly List<IDisposable> parts = [];

    public T Own<T>(T part)
        where T : IDisposable
    {
        lock (parts)
            parts.Add(part);
        return part;
    }

    /// <summary>They belong to the model now.</summary>
    public void Release() => parts.Clear();

    public void Dispose() => parts.ForEach(part => part.Dispose());
}
