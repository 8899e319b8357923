using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SanaLive.Sessions.Recordings;

/// <summary>Encodes a recording to H.264 through the ffmpeg program, one at a time and on one thread: the streams need the processor more.</summary>
/// <param name="program">The ffmpeg program.</param>
public sealed class Mp4Converter(string program = "ffmpeg") : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The file, which is gone when the stream is closed.</summary>
    /// <exception cref="SessionException">Another one is under way, or ffmpeg is missing or failed.</exception>
    public async Task<FileStream> ConvertAsync(RecordingCut recording, CancellationToken cancellation)
    {
        if (!await _one.WaitAsync(TimeSpan.Zero, cancellation))
            throw new SessionException(SessionError.Overloaded, "Another recording is being encoded. Try again in a moment, or leave format out: a WebM comes at once.");
        var path = Path.Combine(Path.GetTempPath(), $"sanalive-{Guid.NewGuid():N}.mp4");
        try
        {
            await EncodeAsync(recording, path, cancellation);
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task EncodeAsync(RecordingCut recording, string path, CancellationToken cancellation)
    {
        using var ffmpeg = Start(path, recording.FramesPerSecond);
        var complaints = ffmpeg.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await recording.WriteAsync(ffmpeg.StandardInput.BaseStream, cancellation);
            ffmpeg.StandardInput.Close();
            await ffmpeg.WaitForExitAsync(cancellation);
        }
        catch (IOException)
        {
            // ffmpeg has gone: what it said is the reason.
            await ffmpeg.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!ffmpeg.HasExited) ffmpeg.Kill();
        }

        if (ffmpeg.ExitCode != 0) throw new SessionException(SessionError.Failed, $"ffmpeg could not encode the recording: {(await complaints).Trim()}");
    }

    private Process Start(string path, int framesPerSecond)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            "-nostdin", "-v", "error", "-y", "-f", "matroska", "-i", "pipe:0", "-r", framesPerSecond.ToString(CultureInfo.InvariantCulture),
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "+faststart", "file:" + path,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SessionException(
                SessionError.Unsupported, $"This server has no ffmpeg program to encode an MP4 with ({e.Message}); leave format out for a WebM.", e);
        }
    }
}
