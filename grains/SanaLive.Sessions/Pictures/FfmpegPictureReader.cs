using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SanaLive.Sessions.Pictures;

/// <summary>
/// Decodes start images in the ffmpeg program: a process of its own, so that a file made to break a decoder breaks nothing here. It is shown
/// no more of the file than pixels, told the decoder (it guesses nothing), may open nothing but its pipes, and has bounds on memory and time.
/// </summary>
/// <param name="time">Measures the patience.</param>
/// <param name="program">The ffmpeg program.</param>
public sealed class FfmpegPictureReader(TimeProvider time, string program = "ffmpeg") : IPictureReader, IDisposable
{
    private const int Channels = 4;
    private const string MemoryBytes = "536870912";

    // Beyond it swscale's windowed filters grow out of their tables; a mean over the area does not.
    private const int LanczosUpTo = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    // A picture of 40 megapixels takes hundreds of megabytes for a second: one at a time.
    private readonly SemaphoreSlim _turn = new(1);

    public async Task<FittedPicture> ReadAsync(ReadOnlyMemory<byte> file, int width, int height, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var picture = PictureFile.Open(file);
        var (fullWidth, fullHeight) = picture.IsOnItsSide ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
        var (cropWidth, cropHeight) = Crop(fullWidth, fullHeight, width, height);
        await _turn.WaitAsync(cancellation);
        try
        {
            var rgba = await DecodeAsync(picture, Filters(picture, cropWidth, cropHeight, width, height), width * height * Channels, cancellation);
            return new FittedPicture(OnBlack(rgba), fullWidth, fullHeight, cropWidth, cropHeight);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A picture's size as it is looked at, from its header alone.</summary>
    /// <exception cref="SessionException">It is no picture that could be read.</exception>
    public static (int Width, int Height) SizeOf(ReadOnlyMemory<byte> file)
    {
        var picture = PictureFile.Open(file);
        return picture.IsOnItsSide ? (picture.Height, picture.Width) : (picture.Width, picture.Height);
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The largest part of a picture that has the wanted shape.</summary>
    internal static (int Width, int Height) Crop(int width, int height, int wantedWidth, int wantedHeight) =>
        (long)width * wantedHeight > (long)height * wantedWidth
            ? ((int)Math.Max(1, Math.Round((double)height * wantedWidth / wantedHeight)), height)
            : (width, (int)Math.Max(1, Math.Round((double)width * wantedHeight / wantedWidth)));

    /// <summary>Crop and resize as it is stored, then turn the little that is left.</summary>
    private static string Filters(PictureFile picture, int cropWidth, int cropHeight, int width, int height)
    {
        var (cw, ch, w, h) = picture.IsOnItsSide ? (cropHeight, cropWidth, height, width) : (cropWidth, cropHeight, width, height);
        var kernel = Math.Max((double)cw / w, (double)ch / h) <= LanczosUpTo ? "lanczos" : "area";
        var turned = picture.Orientation switch
        {
            2 => ",hflip",
            3 => ",hflip,vflip",
            4 => ",vflip",
            5 => ",transpose=cclock_flip",
            6 => ",transpose=clock",
            7 => ",transpose=clock_flip",
            8 => ",transpose=cclock",
            _ => "",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"crop={cw}:{ch}:{(picture.Width - cw) / 2}:{(picture.Height - ch) / 2}:exact=1,scale={w}:{h}:flags={kernel}+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=rgba{turned}");
    }

    private static byte[] OnBlack(ReadOnlySpan<byte> rgba)
    {
        var rgb = new byte[rgba.Length / Channels * 3];
        for (int from = 0, to = 0; to < rgb.Length; from += Channels, to += 3)
        {
            for (var colour = 0; colour < 3; colour++) rgb[to + colour] = (byte)((rgba[from + colour] * rgba[from + 3] + 127) / 255);
        }

        return rgb;
    }

    private static SessionException Undecodable(string complaints) => new(
        SessionError.Invalid, "The picture cannot be decoded: its file is damaged or of an unusual kind. Save it again as PNG or JPEG and send that.",
        new InvalidDataException($"ffmpeg said: {complaints.Trim()}"));

    private async Task<byte[]> DecodeAsync(PictureFile picture, string filters, int bytes, CancellationToken cancellation)
    {
        using var ffmpeg = Start(picture.Format, filters);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var complaints = ffmpeg.StandardError.ReadToEndAsync(either.Token);
            var feeding = FeedAsync(ffmpeg, picture.Data, either.Token);
            var rgba = new byte[bytes];
            var read = await ffmpeg.StandardOutput.BaseStream.ReadAtLeastAsync(rgba, bytes, throwOnEndOfStream: false, either.Token);
            await feeding;
            await ffmpeg.WaitForExitAsync(either.Token);
            // It decodes a damaged JPEG to something grey, succeeds, and complains.
            var complained = await complaints;
            return read == bytes && ffmpeg.ExitCode == 0 && complained.Length == 0 ? rgba : throw Undecodable(complained);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw PictureFile.Invalid($"The picture was not decoded within {Patience.TotalSeconds} s. Save it again, smaller, as PNG or JPEG and send that.");
        }
        finally
        {
            if (!ffmpeg.HasExited) ffmpeg.Kill();
        }
    }

    private static async Task FeedAsync(Process ffmpeg, ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        try
        {
            await ffmpeg.StandardInput.BaseStream.WriteAsync(file, cancellation);
            ffmpeg.StandardInput.Close();
        }
        catch (IOException)
        {
            // ffmpeg has read what it wanted, or has failed: its exit code says which.
        }
    }

    private Process Start(PictureFormat format, string filters)
    {
        var (demuxer, decoder) = format == PictureFormat.Png ? ("png_pipe", "png") : ("jpeg_pipe", "mjpeg");
        string[] arguments =
        [
            "-nostdin", "-v", "error", "-max_alloc", MemoryBytes, "-protocol_whitelist", "pipe", "-filter_threads", "1",
            .. format == PictureFormat.Png ? new[] { "-xerror", "-err_detect", "crccheck+explode" } : [],
            "-threads", "1", "-max_pixels", PictureLimits.Pixels.ToString(CultureInfo.InvariantCulture), "-noautorotate", "-f", demuxer, "-c:v", decoder, "-i", "pipe:0",
            "-map", "0:v:0", "-frames:v", "1", "-vf", filters, "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1",
        ];
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SessionException(
                SessionError.Unsupported, $"This server cannot decode pictures: its operator must install the program '{program}' (on Debian or Ubuntu 'apt-get install ffmpeg').", e);
        }
    }
}
