using System.Globalization;

namespace SanaLive.Generate;

/// <summary>One line that is written again and again; on a terminal that is not one, a line every tenth.</summary>
/// <param name="output">Where it is written.</param>
/// <param name="total">Of what is done.</param>
/// <param name="unit">Of what is done; of <c>s</c>, seconds of video, it also says how they compare with real time.</param>
/// <param name="terminal">Whether a line can be written again.</param>
/// <param name="clock">Measures the time that is left.</param>
internal sealed class ProgressBar(TextWriter output, double total, string unit, bool terminal, TimeProvider clock)
{
    private const int Width = 30;
    private readonly long start = clock.GetTimestamp();
    private int tenth = -1;

    public void Show(double done)
    {
        var share = Math.Clamp(done / total, 0, 1);
        var elapsed = clock.GetElapsedTime(start).TotalSeconds;
        var filled = (int)Math.Round(share * Width);
        var much = unit == "s"
            ? string.Create(CultureInfo.InvariantCulture, $"{done:F1} of {total:F1} s, {done / Math.Max(elapsed, 1e-3):F1}x real time")
            : string.Create(CultureInfo.InvariantCulture, $"{done:F0} of {total:F0} {unit}");
        var line = $"[{new string('#', filled)}{new string('.', Width - filled)}] {much}, {Left(share > 0 ? elapsed / share - elapsed : 0)} left";
        if (terminal)
        {
            output.Write($"\r{line,-96}");
        }
        else if ((int)(share * 10) > tenth)
        {
            tenth = (int)(share * 10);
            output.WriteLine(line);
        }
    }

    public void End()
    {
        if (terminal)
            output.WriteLine();
    }

    private static string Left(double seconds) =>
        seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s")
        : seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h");
}
