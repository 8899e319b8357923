namespace SanaLive.Sessions.Engines;

/// <summary>An engine was fenced off while it was asked, or before, or does not answer: the asker goes on elsewhere, from what it last saved.</summary>
internal sealed class EngineLostException(string engine, string? reason, Exception? inner = null)
    : Exception($"Engine {engine} cannot be used now{(reason is null ? "" : $": {reason}")}.", inner);
