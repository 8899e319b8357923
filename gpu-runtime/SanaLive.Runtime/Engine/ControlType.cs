namespace SanaLive.Runtime.Engine;

/// <summary>What kind of value a control takes.</summary>
public enum ControlType
{
    /// <summary>A number in a range; where the control has words as well, one of them may stand for its number.</summary>
    Number,

    /// <summary>One of some words.</summary>
    Choice,
}
