using System.Globalization;

namespace SanaLive.Eval.Reporting;

/// <summary>Says on one line per ten seconds how far a measure is.</summary>
internal sealed class Progress(TextWriter output, TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly long start = clock.GetTimestamp();
    private long? last;

    public void Say(string message) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetElapsedTime(start).TotalMinutes,6:F1} min  {message}"));

    public void Done(string measure, int done, int of)
    {
        if (done < of && last is { } before && clock.GetElapsedTime(before) < Every)
            return;
        last = clock.GetTimestamp();
        Say($"{measure}: {done} of {of}");
    }
}
