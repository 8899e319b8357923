using System.Buffers.Binary;
using System.Diagnostics;

namespace SanaLive.Rtc.Tests.Playing;

/// <summary>A VP8 test picture from ffmpeg: 320x192, 16 frames/s, a keyframe every 8 frames.</summary>
internal static class Ivf
{
    private const int FileHeader = 32;
    private const int FrameHeader = 12;

    public static async Task<List<ReadOnlyMemory<byte>>> RecordAsync(int seconds)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x192:rate=16", "-t", $"{seconds}",
            "-c:v", "libvpx", "-b:v", "1M", "-g", "8", "-keyint_min", "8", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0",
            "-threads", "1", "-f", "ivf", "pipe:1"])
            start.ArgumentList.Add(argument);
        using var ffmpeg = Process.Start(start)!;
        using var file = new MemoryStream();
        var errors = ffmpeg.StandardError.ReadToEndAsync();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(file);
        await ffmpeg.WaitForExitAsync();
        Assert.True(ffmpeg.ExitCode == 0, await errors);

        var bytes = file.ToArray();
        var frames = new List<ReadOnlyMemory<byte>>();
        for (var at = FileHeader; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            frames.Add(bytes.AsMemory(at + FrameHeader, length));
            at += FrameHeader + length;
        }

        return frames;
    }

    /// <summary>The lowest bit of a VP8 frame is 0 in a keyframe (RFC 6386, 9.1).</summary>
    public static bool IsKeyframe(ReadOnlyMemory<byte> frame) => (frame.Span[0] & 1) == 0;
}
