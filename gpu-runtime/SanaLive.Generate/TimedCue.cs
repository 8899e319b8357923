namespace SanaLive.Generate;

/// <summary>A new prompt at a time of the clip.</summary>
internal readonly record struct TimedCue(double Seconds, string Text);
