namespace SanaLive.Rtc.Sdp;

/// <summary>The attributes (<c>a=name:value</c>) of a session description's head or of one of its media sections.</summary>
internal class SdpSection
{
    private readonly List<(string Name, string Value)> attributes = [];

    public void Add(string name, string value) => attributes.Add((name, value));

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The value of the first attribute with this name ("" for a flag), or null.</summary>
    public string? Find(string name)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Name == name) return attribute.Value;
        }

        return null;
    }

    public IEnumerable<string> All(string name)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Name == name) yield return attribute.Value;
        }
    }
}
