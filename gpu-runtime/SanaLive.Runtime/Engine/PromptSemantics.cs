namespace SanaLive.Runtime.Engine;

/// <summary>What a new prompt means for what was asked before.</summary>
public enum PromptSemantics
{
    /// <summary>A cue changes what it names and keeps the rest.</summary>
    Merge,

    /// <summary>The prompt is the whole description.</summary>
    Replace,
}
