namespace SanaLive.Rtc.Sdp;

/// <summary>One <c>m=</c> section.</summary>
internal sealed class SdpMedia(string kind, int port, string protocol, string[] formats) : SdpSection
{
    /// <summary>"video", "audio", "application" and so on.</summary>
    public string Kind { get; } = kind;

    public int Port { get; } = port;

    /// <summary>For example "UDP/TLS/RTP/SAVPF".</summary>
    public string Protocol { get; } = protocol;

    /// <summary>Payload types, in the sender's order of preference, as written.</summary>
    public IReadOnlyList<string> Formats { get; } = formats;

    public string? Mid => Find("mid");
}
