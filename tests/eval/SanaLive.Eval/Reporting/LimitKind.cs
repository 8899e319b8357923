namespace SanaLive.Eval.Reporting;

internal enum LimitKind
{
    AtLeast,
    AtMost,

    /// <summary>The lower end of the interval, not the value itself.</summary>
    LowerEndAtLeast,
}
