namespace SanaLive.Runtime.Text.Gemma;

/// <summary>The embeddings of the texts used last. Many streams ask for the same prompt; reading one costs seconds on a processor.</summary>
public sealed class EmbeddingCache
{
    private readonly Lock guard = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, ReadEmbedding Value)>> byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, ReadEmbedding Value)> lastUsedFirst = [];
    private long hits;
    private long misses;

    internal EmbeddingCache(int capacity) => Capacity = capacity;

    public int Capacity { get; }

    public int Count
    {
        get
        {
            lock (guard)
                return lastUsedFirst.Count;
        }
    }

    /// <summary>Asked for and found.</summary>
    public long Hits => Interlocked.Read(ref hits);

    /// <summary>Asked for and read.</summary>
    public long Misses => Interlocked.Read(ref misses);

    /// <summary>The embedding of a text; read by <paramref name="read"/>, which nobody else waits for, if it is not kept.</summary>
    internal ReadEmbedding Get(string key, Func<ReadEmbedding> read)
    {
        lock (guard)
        {
            if (byKey.TryGetValue(key, out var node))
            {
                lastUsedFirst.Remove(node);
                lastUsedFirst.AddFirst(node);
                hits++;
                return node.Value.Value;
            }

            misses++;
        }

        var value = read();
        lock (guard)
        {
            if (Capacity > 0 && !byKey.ContainsKey(key))
                byKey.Add(key, lastUsedFirst.AddFirst((key, value)));
            while (lastUsedFirst.Count > Capacity)
            {
                byKey.Remove(lastUsedFirst.Last!.Value.Key);
                lastUsedFirst.RemoveLast();
            }
        }

        return value;
    }
}
