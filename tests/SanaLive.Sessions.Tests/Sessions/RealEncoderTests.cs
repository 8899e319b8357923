using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Tests.Encoding;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class RealEncoderTests
{
    /// <summary>The real encoder and the real clock: three blocks of a stream, decoded by somebody else.</summary>
    [Fact]
    public async Task Watch_ThroughTheRealEncoder_AnyBlockOnwardsDecodes()
    {
        var options = new SessionOptions();
        using var encoder = new Vp8BlockEncoder(options.Video, TimeProvider.System);
        var engine = new FakeEngine(TimeProvider.System) { BlockTime = TimeSpan.Zero };
        await using var host = new InProcessSessionHost(
            [engine], encoder, new FakePictureReader(), Options.Create(options), TimeProvider.System, NullLogger<InProcessSessionHost>.Instance);
        var id = (await host.CreateAsync(new CreateSession("forest", 3), default)).Id;

        var blocks = new List<EncodedBlock>();
        await foreach (var block in host.WatchAsync(id, null, default))
        {
            blocks.Add(block);
            if (blocks.Count == 3) break;
        }

        var card = FakeEngine.Card;
        foreach (var first in new[] { 0, 2 })
        {
            var frames = blocks.Skip(first).SelectMany(b => b.Frames).ToList();
            var decoded = await FfmpegProgram.DecodeVp8Async(frames, card.Width, card.Height, card.FramesPerSecond);
            Assert.Equal((3 - first) * card.FramesPerBlock * I420.Size(card.Width, card.Height), decoded.Length);
        }

        Assert.Equal(blocks[0].DueAt + card.BlockDuration, blocks[1].DueAt);
        Assert.True((await host.GetAsync(id, default)).LastBlock!.Encode > 0);
    }
}
