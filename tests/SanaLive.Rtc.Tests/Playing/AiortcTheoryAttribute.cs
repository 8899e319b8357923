namespace SanaLive.Rtc.Tests.Playing;

/// <summary>Runs with aiortc, an independent WebRTC stack (Debian: python3-aiortc); reported as skipped where it is not installed.</summary>
internal sealed class AiortcTheoryAttribute : TheoryAttribute
{
    public const string Python = "/usr/bin/python3";

    public AiortcTheoryAttribute()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/aiortc"))
            Skip = "python3-aiortc is not installed (apt-get install python3-aiortc; ./sanalive test installs it).";
    }
}
