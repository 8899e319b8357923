namespace SanaLive.Rtc.Sdp;

/// <summary>A session description (RFC 8866), taken apart into lines but not understood yet.</summary>
internal sealed class SdpDocument
{
    /// <summary>Longest description that is read, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    private const int MaxSections = 32;

    public SdpSection Session { get; } = new();

    public List<SdpMedia> Media { get; } = [];

    /// <exception cref="SdpException"><see cref="SdpError.Malformed"/>, with the line.</exception>
    public static SdpDocument Parse(string text)
    {
        if (text.Length > MaxLength)
            throw Malformed($"it is longer than {MaxLength / 1024} KB");
        if (!text.StartsWith("v=0", StringComparison.Ordinal))
            throw Malformed("it does not begin with \"v=0\"");

        var document = new SdpDocument();
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.IsWhiteSpace()) continue;
            if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]))
                throw Malformed($"line {number} is not of the form \"x=...\"");
            if (line.ContainsAnyInRange('\0', '\u001f'))
                throw Malformed($"line {number} has a control character");
            document.AddLine(line[0], line[2..], number);
        }

        return document;
    }

    private void AddLine(char type, ReadOnlySpan<char> value, int number)
    {
        switch (type)
        {
            case 'm':
                if (Media.Count == MaxSections) throw Malformed($"it has more than {MaxSections} media sections");
                Media.Add(ParseMedia(value, number));
                break;
            case 'a':
                var section = Media.Count == 0 ? Session : Media[^1];
                var colon = value.IndexOf(':');
                if (colon < 0) section.Add(value.ToString(), "");
                else section.Add(value[..colon].ToString(), value[(colon + 1)..].Trim().ToString());
                break;
            default:
                // Origin, timing, connection, bandwidth: nothing in them changes the answer.
                break;
        }
    }

    private static SdpMedia ParseMedia(ReadOnlySpan<char> value, int number)
    {
        var parts = value.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 4) throw Malformed($"line {number} is a media line without formats");

        // "port/count" is allowed by the grammar and not used by WebRTC.
        var port = parts[1].Split('/')[0];
        if (!ushort.TryParse(port, out var portNumber)) throw Malformed($"line {number} has no port number");
        return new SdpMedia(parts[0], portNumber, parts[2], parts[3..]);
    }

    private static SdpException Malformed(string why) =>
        new(SdpError.Malformed, $"The offer is not a session description (SDP): {why}.");
}
