using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// Reads a diffusers config. Keys that newer versions added have the value that the class gives them; where a key takes one value or one
/// for each stage, both are read.
/// </summary>
/// <param name="path">Named in errors.</param>
/// <param name="json">The config.</param>
internal sealed class ConfigReader(string path, JsonElement json)
{
    /// <exception cref="CheckpointException">Always when it does not hold.</exception>
    public void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new CheckpointException($"{path} describes a VAE that this runtime does not have: {otherwise}.");
    }

    public void RequireClass(params ReadOnlySpan<string> names)
    {
        var name = json.Need("_class_name").GetString();
        Require(names.Contains(name), $"_class_name is {name}, not {string.Join(" or ", names.ToArray())}");
    }

    public bool Has(string key) => json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A whole number from 1 to <paramref name="most"/>.</summary>
    public int Size(string key, int most)
    {
        var size = json.Need(key).GetInt32();
        Require(size > 0 && size <= most, $"{key} is {size}");
        return size;
    }

    public IReadOnlyList<int> Sizes(string key, int most)
    {
        var sizes = Numbers(key);
        Require(sizes.All(size => size > 0 && size <= most), $"{key} is [{string.Join(", ", sizes)}]");
        return sizes;
    }

    public IReadOnlyList<int> Numbers(string key) => [.. json.Need(key).EnumerateArray().Select(value => value.GetInt32())];

    public IReadOnlyList<IReadOnlyList<int>> NumberLists(string key) =>
        [.. json.Need(key).EnumerateArray().Select(list => (IReadOnlyList<int>)[.. list.EnumerateArray().Select(value => value.GetInt32())])];

    public float Number(string key, float otherwise) => Has(key) ? json.Need(key).GetSingle() : otherwise;

    public string Text(string key, string otherwise) => Has(key) ? json.Need(key).GetString()! : otherwise;

    public bool Flag(string key, bool otherwise) => Has(key) ? json.Need(key).GetBoolean() : otherwise;

    /// <summary>One of the values that a key may have: its own, or its entry at a place when it is a list.</summary>
    public T Choice<T>(string key, int at, string otherwise, params ReadOnlySpan<(string Name, T Value)> known)
    {
        var name = Has(key) ? Entry(key, at).GetString() : otherwise;
        foreach (var (choice, value) in known)
        {
            if (choice == name)
                return value;
        }

        throw new CheckpointException($"{path} describes a VAE that this runtime does not have: {key} is {name}.");
    }

    /// <summary>A flag, or the entry of a list of them.</summary>
    public bool FlagAt(string key, int at, bool otherwise) => Has(key) ? Entry(key, at).GetBoolean() : otherwise;

    private JsonElement Entry(string key, int at)
    {
        var value = json.Need(key);
        if (value.ValueKind != JsonValueKind.Array)
            return value;
        Require(at < value.GetArrayLength(), $"{key} has {value.GetArrayLength()} entries, too few");
        return value[at];
    }
}
