using System.Diagnostics;

namespace SanaLive.Sessions.Tests.Encoding;

/// <summary>The ffmpeg program as an independent judge of what was encoded.</summary>
internal static class FfmpegProgram
{
    /// <summary>VP8 frames to I420 pictures, through an IVF file in a pipe. Anything that ffmpeg complains about fails the test.</summary>
    public static async Task<byte[]> DecodeVp8Async(IEnumerable<ReadOnlyMemory<byte>> frames, int width, int height, int framesPerSecond)
    {
        var list = frames.ToList();
        var ivf = new MemoryStream();
        var writer = new BinaryWriter(ivf);
        writer.Write("DKIF"u8);
        writer.Write((ushort)0);
        writer.Write((ushort)32);
        writer.Write("VP80"u8);
        writer.Write((ushort)width);
        writer.Write((ushort)height);
        writer.Write(framesPerSecond);
        writer.Write(1);
        writer.Write(list.Count);
        writer.Write(0);
        for (var i = 0; i < list.Count; i++)
        {
            writer.Write(list[i].Length);
            writer.Write((long)i);
            writer.Write(list[i].Span);
        }

        return await RunAsync(ivf.ToArray(), "-v", "error", "-xerror", "-f", "ivf", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "yuv420p",
            "-fps_mode", "passthrough", "pipe:1");
    }

    public static async Task<byte[]> RunAsync(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo("ffmpeg") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    public static double Psnr(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        Assert.Equal(a.Length, b.Length);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
        return sum == 0 ? 99 : 10 * Math.Log10(65025.0 * a.Length / sum);
    }
}
