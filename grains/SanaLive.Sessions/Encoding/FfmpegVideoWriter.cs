using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SanaLive.Sessions.Encoding;

/// <summary>
/// Writes frames to a video file through the ffmpeg program: <c>.mp4</c> (H.264) or <c>.webm</c> (VP9), by the name. The file is complete
/// once <see cref="FinishAsync"/> has returned; a writer that is disposed before that leaves what ffmpeg had written.
/// </summary>
public sealed class FfmpegVideoWriter : IAsyncDisposable
{
    private const string OwnSession = "/usr/bin/setsid";
    private readonly Process _ffmpeg;
    private readonly Task<string> _complaints;
    private readonly string _path;
    private readonly int _frameBytes;
    private bool _finished;

    private FfmpegVideoWriter(Process ffmpeg, string path, int frameBytes)
    {
        (_ffmpeg, _path, _frameBytes) = (ffmpeg, path, frameBytes);
        _complaints = ffmpeg.StandardError.ReadToEndAsync();
    }

    /// <param name="path">An existing file is replaced.</param>
    /// <param name="width">Pixels, even.</param>
    /// <param name="height">Pixels, even.</param>
    /// <param name="framesPerSecond">At least 1.</param>
    /// <param name="program">The ffmpeg program.</param>
    /// <exception cref="NotSupportedException">The name ends in neither .mp4 nor .webm.</exception>
    /// <exception cref="InvalidOperationException">The program is missing.</exception>
    public static FfmpegVideoWriter Create(string path, int width, int height, int framesPerSecond, string program = "ffmpeg")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (width < 2 || height < 2 || (width | height) % 2 != 0 || framesPerSecond < 1)
            throw new ArgumentException($"A video has an even width and height and at least one frame per second, not {width}x{height} at {framesPerSecond}.");
        string[] codec = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".mp4" => ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-movflags", "+faststart"],
            ".webm" => ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "6", "-crf", "24", "-b:v", "0"],
            var other => throw new NotSupportedException($"A video file is named .mp4 or .webm, not '{other}' ({path})."),
        };

        var rate = framesPerSecond.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        if (File.Exists(OwnSession) && IsOnPath(program))
        {
            // Ctrl-C in a terminal goes to the whole process group; ffmpeg is told by the end of its input when to close the file.
            start.FileName = OwnSession;
            start.ArgumentList.Add(program);
        }

        string[] arguments =
        [
            "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}", "-r", rate, "-i", "pipe:0",
            .. codec, "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709", "-color_range", "tv", "-pix_fmt", "yuv420p",
            // "file:" keeps a name such as "a:b.mp4" or "-x.mp4" from being read as a protocol or an option.
            "file:" + path,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return new FfmpegVideoWriter(Process.Start(start)!, path, width * height * 3);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"The program '{program}' could not be started ({e.Message}). On Debian or Ubuntu install it with 'apt-get install ffmpeg'.", e);
        }
    }

    /// <param name="frames">Shape [frames, height, width, 3], RGB: any whole number of frames.</param>
    /// <param name="cancellation">Stops waiting for ffmpeg.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellation)
    {
        if (frames.Length % _frameBytes != 0)
            throw new ArgumentException($"A frame has {_frameBytes} bytes; {frames.Length} is no multiple of that.", nameof(frames));
        try
        {
            await _ffmpeg.StandardInput.BaseStream.WriteAsync(frames, cancellation);
        }
        catch (IOException)
        {
            // ffmpeg has gone: what it said before is the reason.
            await _ffmpeg.WaitForExitAsync(cancellation);
            throw await FailureAsync();
        }
    }

    /// <summary>Closes the file.</summary>
    /// <exception cref="InvalidOperationException">ffmpeg failed; the message holds what it said.</exception>
    public async Task FinishAsync(CancellationToken cancellation)
    {
        if (_finished) return;
        try
        {
            await _ffmpeg.StandardInput.DisposeAsync();
        }
        catch (IOException)
        {
            await _ffmpeg.WaitForExitAsync(cancellation);
            throw await FailureAsync();
        }

        await _ffmpeg.WaitForExitAsync(cancellation);
        if (_ffmpeg.ExitCode != 0) throw await FailureAsync();
        _finished = true;
    }

    private static bool IsOnPath(string program) =>
        File.Exists(program) || (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private async Task<InvalidOperationException> FailureAsync() =>
        new($"ffmpeg could not write {_path}: {(await _complaints).Trim()}");

    public async ValueTask DisposeAsync()
    {
        if (!_ffmpeg.HasExited)
        {
            _ffmpeg.Kill();
            await _ffmpeg.WaitForExitAsync();
        }

        await _complaints;
        _ffmpeg.Dispose();
    }
}
