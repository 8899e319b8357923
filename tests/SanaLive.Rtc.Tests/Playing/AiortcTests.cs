using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace SanaLive.Rtc.Tests.Playing;

/// <summary>Plays a real picture to a viewer that somebody else wrote, at the picture's own pace.</summary>
public sealed class AiortcTests(ITestOutputHelper output)
{
    private const int Seconds = 10;
    private const int FramesPerSecond = 16;
    private const int ClockRate = 90_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// aiortc asks for a lost packet once, or again when the next gap appears, so that some losses stay. It gives a frame
    /// out when the next one begins, so the last one never comes.
    /// </summary>
    [AiortcTheory]
    [InlineData(0.0, 1.0)]
    [InlineData(0.05, 0.90)]
    [InlineData(0.10, 0.75)]
    public async Task Play_WithLoss_IsDecoded(double loss, double atLeast)
    {
        var frames = await Ivf.RecordAsync(Seconds);
        await using var server = RtcServer.Start(new RtcOptions { LossForTests = loss, LossSeed = 3 }, NullLogger<RtcServer>.Instance);
        using var python = Process.Start(new ProcessStartInfo(AiortcTheoryAttribute.Python, Path.Combine(Repository.Root, "tests/SanaLive.Rtc.Tests/Playing/viewer.py"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var errors = python.StandardError.ReadToEndAsync();
            var offer = JsonDocument.Parse(await ReadLineAsync(python, errors)).RootElement.GetProperty("sdp").GetString()!;
            var viewer = server.Accept(offer);
            await python.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { sdp = viewer.AnswerSdp }));
            Assert.True(await viewer.Connected.WaitAsync(Patience));

            await SendAsync(viewer, frames);
            var result = JsonDocument.Parse(await ReadLineAsync(python, errors)).RootElement;
            output.WriteLine($"loss {loss:P0}: {result} of {frames.Count}; {viewer.Statistics}");

            Assert.Equal("320x192", Assert.Single(result.GetProperty("sizes").EnumerateArray()).GetString());
            Assert.InRange(result.GetProperty("distinct").GetInt32(), (int)(atLeast * (frames.Count - 1)), frames.Count);
            Assert.Equal(loss > 0, viewer.Statistics.Retransmissions > 0);
            Assert.Equal(ViewerCloseReason.ClosedByPeer, await viewer.Closed.WaitAsync(Patience));
        }
        finally
        {
            if (!python.HasExited) python.Kill();
        }
    }

    private static async Task SendAsync(RtcViewer viewer, List<ReadOnlyMemory<byte>> frames)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / FramesPerSecond));
        for (var i = 0; i < frames.Count; i++)
        {
            Assert.True(viewer.SendFrame(frames[i], (uint)(i * ClockRate / FramesPerSecond), Ivf.IsKeyframe(frames[i])));
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<string> ReadLineAsync(Process process, Task<string> errors)
    {
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        return line ?? throw new InvalidOperationException($"The aiortc viewer ended: {await errors}");
    }
}
