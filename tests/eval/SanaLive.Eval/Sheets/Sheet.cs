using System.Diagnostics;
using System.Globalization;
using SanaLive.Eval.Inputs;

namespace SanaLive.Eval.Sheets;

/// <summary>Pictures in rows and columns, each at half its size, written as one JPEG by ffmpeg.</summary>
/// <param name="columns">Pictures per row.</param>
/// <param name="width">Of a picture, in pixels; even.</param>
/// <param name="height">Of a picture, in pixels; even.</param>
internal sealed class Sheet(int columns, int width, int height)
{
    private readonly List<byte[]> pictures = [];

    /// <summary>Pictures so far.</summary>
    public int Count => pictures.Count;

    /// <summary>The next picture, [height, width, 3] bytes.</summary>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        var (w, h) = (width / 2, height / 2);
        var half = new byte[w * h * 3];
        for (var y = 0; y < h; y++)
        {
            for (var x = 0; x < w; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var at = ((2 * y * width) + (2 * x)) * 3 + c;
                    half[((y * w) + x) * 3 + c] = (byte)((rgb[at] + rgb[at + 3] + rgb[at + (width * 3)] + rgb[at + (width * 3) + 3] + 2) / 4);
                }
            }
        }

        pictures.Add(half);
    }

    /// <summary>All pictures side by side, [rows * height/2, columns * width/2, 3]; places without a picture are white.</summary>
    public byte[] Compose(out int wide, out int high)
    {
        var (w, h) = (width / 2, height / 2);
        var rows = (pictures.Count + columns - 1) / columns;
        (wide, high) = (columns * w, rows * h);
        var whole = new byte[wide * high * 3];
        Array.Fill(whole, (byte)255);
        for (var i = 0; i < pictures.Count; i++)
        {
            var (row, column) = (i / columns, i % columns);
            for (var y = 0; y < h; y++)
                pictures[i].AsSpan(y * w * 3, w * 3).CopyTo(whole.AsSpan(((((row * h) + y) * wide) + (column * w)) * 3));
        }

        return whole;
    }

    /// <exception cref="EvalException">ffmpeg is missing or refuses.</exception>
    public async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var whole = Compose(out var wide, out var high);
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", string.Create(CultureInfo.InvariantCulture, $"{wide}x{high}"), "-i", "-", "-frames:v", "1", "-q:v", "3", path])
            start.ArgumentList.Add(argument);
        Process ffmpeg;
        try
        {
            ffmpeg = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new EvalException($"ffmpeg, which writes the pictures, does not start: {error.Message}", error);
        }

        using (ffmpeg)
        {
            var said = ffmpeg.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await ffmpeg.StandardInput.BaseStream.WriteAsync(whole, cancellation);
                ffmpeg.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it had read everything; what it said comes next.
            }

            await ffmpeg.WaitForExitAsync(cancellation);
            if (ffmpeg.ExitCode != 0)
                throw new EvalException($"ffmpeg could not write {path}: {(await said).Trim()}");
        }
    }
}
