using System.Diagnostics;
using System.Text.Json;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Tests.Encoding;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Recordings;

/// <summary>What was shown, as a file that others read.</summary>
public sealed class RecordingTests : IDisposable
{
    private const int Width = 64, Height = 48, Rate = 16, PerBlock = 8;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sanalive-test-");
    private readonly List<Exception> _failures = [];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Webm_HoldsTheVeryFramesThatWereSentWithTheirTimes(bool onDisk)
    {
        var blocks = Blocks(5);
        await using var recording = Recording(onDisk);
        foreach (var block in blocks) recording.Add(block);
        var file = await FileAsync(recording, null, null);
        var probe = await ProbeAsync(file, "-show_packets", "-show_streams");
        var stream = probe.GetProperty("streams")[0];
        Assert.Equal(("vp8", Width, Height), (stream.GetProperty("codec_name").GetString(), stream.GetProperty("width").GetInt32(), stream.GetProperty("height").GetInt32()));
        var packets = probe.GetProperty("packets").EnumerateArray().ToList();
        Assert.Equal(blocks.SelectMany(block => block.Frames).Select(frame => frame.Length), packets.Select(packet => int.Parse(packet.GetProperty("size").GetString()!)));
        Assert.All(packets.Select((packet, i) => (packet, i)), one => Assert.Equal(one.i / (double)Rate, double.Parse(one.packet.GetProperty("pts_time").GetString()!), 0.0011));
        Assert.All(packets.Select((packet, i) => (packet, i)), one => Assert.Equal(one.i % PerBlock == 0, one.packet.GetProperty("flags").GetString()!.StartsWith('K')));

        // Decoded, it is what the frames alone are.
        var decoded = await FfmpegProgram.RunAsync(File.ReadAllBytes(file), "-v", "error", "-xerror", "-f", "matroska", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "pipe:1");
        Assert.Equal(await FfmpegProgram.DecodeVp8Async(blocks.SelectMany(block => block.Frames), Width, Height, Rate), decoded);
    }

    [Fact]
    public async Task Webm_HasTheScheduleAsChaptersAndCanBeSoughtIn()
    {
        await using var recording = Recording(true);
        foreach (var block in Blocks(20)) recording.Add(block);
        var file = await FileAsync(recording, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(9), new(TimeSpan.FromSeconds(2), "Wiese & \"Tag\""), new(TimeSpan.FromSeconds(5.5), "夜"));
        var probe = await ProbeAsync(file, "-show_chapters", "-show_format");
        var chapters = probe.GetProperty("chapters").EnumerateArray().ToList();
        Assert.Equal(["Wiese & \"Tag\"", "夜"], chapters.Select(one => one.GetProperty("tags").GetProperty("title").GetString()));
        Assert.Equal([0.0, 3.5, 7.0], [.. chapters.Select(one => Number(one, "start_time")), Number(chapters[1], "end_time")]);
        Assert.Equal(7, Number(probe.GetProperty("format"), "duration"), 0.01);
        Assert.Equal(14 * PerBlock, await PacketsAsync(file));
        // From the index: without one ffprobe would begin at the first packet.
        var sought = (await ProbeAsync(file, "-read_intervals", "5%+#1", "-show_packets")).GetProperty("packets")[0];
        Assert.Equal(5, Number(sought, "pts_time"), 0.01);
    }

    [Fact]
    public async Task Webm_IsAsLongAsItSays()
    {
        await using var recording = Recording(false);
        foreach (var block in Blocks(3)) recording.Add(block);
        using var cut = new KeptRecordingCut(Width, Height, await recording.BetweenAsync(null, null, DateTimeOffset.MaxValue), [new(TimeSpan.Zero, "x")]);
        var bytes = new MemoryStream();
        await cut.WriteAsync(bytes, default);
        Assert.Equal(cut.Length, bytes.Length);
    }

    [Fact]
    public async Task Mp4_HasTheSameFramesAndChapters()
    {
        await using var recording = Recording(true);
        foreach (var block in Blocks(6)) recording.Add(block);
        using var cut = new KeptRecordingCut(Width, Height, await recording.BetweenAsync(null, null, DateTimeOffset.MaxValue), [new(TimeSpan.Zero, "a"), new(TimeSpan.FromSeconds(1), "b")]);
        using var converter = new Mp4Converter();
        string path;
        await using (var mp4 = await converter.ConvertAsync(cut, default))
        {
            path = mp4.Name;
            var probe = await ProbeAsync(mp4.Name, "-show_chapters", "-show_streams", "-count_packets");
            var video = probe.GetProperty("streams").EnumerateArray().Single(stream => stream.GetProperty("codec_type").GetString() == "video");
            Assert.Equal(("h264", "48"), (video.GetProperty("codec_name").GetString(), video.GetProperty("nb_read_packets").GetString()));
            Assert.Equal(2, probe.GetProperty("chapters").GetArrayLength());
        }

        Assert.False(File.Exists(path), "The file was left behind.");
    }

    [Fact]
    public async Task Mp4_WithoutFfmpeg_SaysSo()
    {
        await using var recording = Recording(false);
        foreach (var block in Blocks(1)) recording.Add(block);
        using var cut = new KeptRecordingCut(Width, Height, await recording.BetweenAsync(null, null, DateTimeOffset.MaxValue), []);
        using var converter = new Mp4Converter("no-such-ffmpeg");
        Assert.Equal(SessionError.Unsupported, (await Assert.ThrowsAsync<SessionException>(() => converter.ConvertAsync(cut, default))).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Limit_Reached_TheOldestGoesAndTheRefusalSaysWhatIsThere(bool onDisk)
    {
        var blocks = Blocks(300, encode: false);
        await using var recording = Recording(onDisk, limit: 60_000);
        foreach (var block in blocks) recording.Add(block);
        var refusal = await Assert.ThrowsAsync<SessionException>(() => recording.BetweenAsync(TimeSpan.Zero, null, DateTimeOffset.MaxValue));
        Assert.Equal(SessionError.NotFound, refusal.Error);
        var kept = await recording.BetweenAsync(null, null, DateTimeOffset.MaxValue);
        Assert.Contains($"{kept[0].MediaTime.TotalSeconds} s to 150 s", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(kept.Sum(one => (long)one.Bytes), 20_000, 60_000);
        Assert.InRange(_folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), onDisk ? 20_000 : 0, 60_000);
        foreach (var (from, to) in new (double?, double?)[] { (149, 151), (200, null), (null, 10) })
            await Assert.ThrowsAsync<SessionException>(() => recording.BetweenAsync(At(from), At(to), DateTimeOffset.MaxValue));
        Assert.Equal(4, (await recording.BetweenAsync(At(147.2), At(149), DateTimeOffset.MaxValue)).Count);
        Assert.Empty(_failures);

        static TimeSpan? At(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
    }

    [Fact]
    public async Task Blocks_ThatHaveNotBeenShownYet_AreNotInIt()
    {
        await using var recording = Recording(false);
        foreach (var block in Blocks(4)) recording.Add(block);
        Assert.Equal([0L, 1], (await recording.BetweenAsync(null, null, DateTimeOffset.UnixEpoch.AddSeconds(0.6))).Select(block => block.Number));
        await Assert.ThrowsAsync<SessionException>(() => recording.BetweenAsync(null, null, DateTimeOffset.UnixEpoch.AddSeconds(-1)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(-1)]
    public async Task Owner_AfterAKill_FindsWhatWasWrittenAndGoesOn(int cutOff)
    {
        var blocks = Blocks(90, encode: false);
        await using (var first = Recording(true))
        {
            foreach (var block in blocks.Take(80)) first.Add(block);
        }

        var last = _folder.GetFiles("*.blocks", SearchOption.AllDirectories).MaxBy(file => file.Name)!;
        await using (var file = last.Open(FileMode.Open))
        {
            if (cutOff > 0) file.SetLength(file.Length - cutOff);
            else if (cutOff < 0) file.SetLength(0);
        }

        await using var second = Recording(true, epoch: 2);
        second.Restore();
        foreach (var block in blocks.Skip(75)) second.Add(block);
        var found = await second.BetweenAsync(null, null, DateTimeOffset.MaxValue);
        var lost = cutOff switch { 0 => 0, > 0 => 0, _ => 11 };
        Assert.Equal(90 - lost, found.Count);
        Assert.Equal(found.Select(block => block.Number), found.Select(block => block.Number).Distinct().Order());
        using var cut = new KeptRecordingCut(Width, Height, found, []);
        var bytes = new MemoryStream();
        await cut.WriteAsync(bytes, default);
        Assert.Equal(cut.Length, bytes.Length);
    }

    [Fact]
    public async Task Session_ThatWasWatched_GivesItsRecordingWithCuesAndRewindsAsChapters()
    {
        var file = new MemoryStream();
        Stage.Play(async stage =>
        {
            var id = await stage.CreateAsync("meadow day");
            await Assert.ThrowsAsync<SessionException>(() => stage.Host.RecordingAsync(id, null, null, default));
            var viewer = stage.Watch(id);
            await stage.CueAsync(id, "night", atBlock: 6);
            await stage.PassAsync(2);
            var asked = stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
            await stage.PassAsync(4);
            var rewind = await stage.Host.RewindAsync(id, new RewindRequest((await asked).Id), default);
            Assert.True(rewind.Block > 6);
            await stage.PassAsync(4);
            using var cut = await stage.Host.RecordingAsync(id, TimeSpan.FromSeconds(1), null, default);
            Assert.Equal(1, cut.From.TotalSeconds);
            Assert.InRange(cut.To.TotalSeconds, 9.5, 10.5);
            await cut.WriteAsync(file, default);
            await viewer.LeaveAsync();
        });
        var path = Path.Combine(_folder.FullName, "session.webm");
        await File.WriteAllBytesAsync(path, file.ToArray());
        // The fake frames are hashes and no pictures, as ffprobe may well say.
        var chapters = (await ProbeAsync(path, "-v", "fatal", "-show_chapters")).GetProperty("chapters").EnumerateArray();
        Assert.Equal(["meadow day", "night", "Back to here"], chapters.Select(one => one.GetProperty("tags").GetProperty("title").GetString()));
    }

    private SessionRecording Recording(bool onDisk, long limit = 10_000_000, long epoch = 1) =>
        new(onDisk ? Path.Combine(_folder.FullName, "recording") : null, limit, epoch, _failures.Add);

    private async Task<string> FileAsync(SessionRecording recording, TimeSpan? from, TimeSpan? to, params RecordingChapter[] chapters)
    {
        using var cut = new KeptRecordingCut(Width, Height, await recording.BetweenAsync(from, to, DateTimeOffset.MaxValue), chapters);
        var path = Path.Combine(_folder.FullName, "test.webm");
        await using var file = File.Create(path);
        await cut.WriteAsync(file, default);
        return path;
    }

    private static IReadOnlyList<EncodedBlock> Blocks(int count, bool encode = true)
    {
        using var encoder = encode ? new Vp8Encoder(Width, Height, Rate, new Vp8Options()) : null;
        return [.. Enumerable.Range(0, count).Select(number => new EncodedBlock
        {
            Epoch = 1,
            Number = number,
            MediaTime = TimeSpan.FromSeconds(number * 0.5),
            DueAt = DateTimeOffset.UnixEpoch.AddSeconds(number * 0.5),
            FramesPerSecond = Rate,
            Frames = encoder?.Encode(MovingPicture.Frames(Width, Height, number * PerBlock, PerBlock)) ?? [.. Enumerable.Range(0, PerBlock).Select(i => new ReadOnlyMemory<byte>(new byte[40 + i]))],
            FrameHash = "",
        })];
    }

    private static double Number(JsonElement element, string name) => double.Parse(element.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<int> PacketsAsync(string file) => (await ProbeAsync(file, "-show_packets")).GetProperty("packets").GetArrayLength();

    private static async Task<JsonElement> ProbeAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo("ffprobe") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-v", "error", "-of", "json", .. arguments, file]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        return JsonDocument.Parse(answer).RootElement;
    }
}
