using System.Globalization;

namespace SanaLive.Generate;

/// <summary>One line that is written again and again; on a terminal that is not one, a line every tenth.</summary>
internal sealed class ProgressBar(TextWriter output, double seconds, bool terminal, TimeProvider clock)
{
    private const int Width = 30;
    private readonly long start = clock.GetTimestamp();
    private int tenth = -1;

    public void Show(double done)
    {
        var share = Math.Clamp(done / seconds, 0, 1);
        var elapsed = clock.GetElapsedTime(start).TotalSeconds;
        var left = share > 0 ? elapsed / share - elapsed : 0;
        var filled = (int)Math.Round(share * Width);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', filled)}{new string('.', Width - filled)}] {done:F1} of {seconds:F1} s, {done / Math.Max(elapsed, 1e-3):F1}x real time, {left:F0} s left");
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
}
