using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>world_vae, and world_vae_carry whose decoder carries the last picture on: the embedded world's VAE, frame by frame with history, against the whole decode.</summary>
internal static class WorldVaeGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "vae");
        var config = WorldVaeConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var decoder = new WorldDecoder(golden.Kernels, config, checkpoint);
        using var encoder = new WorldEncoder(golden.Kernels, config, checkpoint);
        checkpoint.Finish();

        var shape = golden.Shape("in.z");
        var (frames, height, width) = (shape[2], shape[3], shape[4]);
        var z = Layouts.ChannelsLast(golden.Floats("in.z"), config.LatentChannels);
        using var history = (WorldHistory)decoder.CreateHistory(height, width);
        for (var frame = 0; frame < frames; frame++)
        {
            var at = frame;
            decoder.Observer = (name, tensor) => golden.Check(
                $"dec.{name}", golden.Read(tensor), Layouts.CutFrames(golden.Floats($"dec.{name}"), tensor.Columns, frames, at, at + 1));
            var rgb = golden.Read(decoder.Forward(z.AsSpan(frame * height * width * config.LatentChannels, height * width * config.LatentChannels), height, width, history));
            golden.Check($"dec.chunk{frame}", Layouts.ChannelsFirst(rgb, 3));
            golden.Check("dec.sample", rgb, Layouts.CutFrames(golden.Floats("dec.sample"), 3, frames * decoder.FramesPerLatent, frame * decoder.FramesPerLatent, (frame + 1) * decoder.FramesPerLatent));
        }

        for (var i = 0; i < config.DecoderTemporalBlocks; i++)
        {
            var name = $"dec.temporal.{i}.history";
            golden.Check(name, golden.Read(history.Parts[2 * i]), Layouts.CutFrames(golden.Floats(name), config.DecoderChannels[0], 2, 0, 1));
            golden.Check(name, golden.Read(history.Parts[2 * i + 1]), Layouts.CutFrames(golden.Floats(name), config.DecoderChannels[0], 2, 1, 2));
        }

        Assert.Equal(config.DecoderCarry.Count > 0, golden.Has("dec.last_picture"));
        if (history.LastPicture is not null)
            golden.Check("dec.last_picture", Layouts.ChannelsFirst(golden.Read(history.LastPicture), config.DecoderChannels[2]));

        var video = golden.Shape("in.video");
        for (var group = 0; group < video[2] / decoder.FramesPerLatent; group++)
        {
            var clip = Layouts.CutFrames(golden.Floats("in.video"), 3, video[2], group * decoder.FramesPerLatent, (group + 1) * decoder.FramesPerLatent);
            var latents = new float[video[3] / 16 * (video[4] / 16) * config.LatentChannels];
            encoder.Encode(clip, decoder.FramesPerLatent, video[3], video[4], latents);
            golden.Check("enc.latents", latents, Layouts.CutFrames(golden.Floats("enc.latents"), config.LatentChannels, video[2] / decoder.FramesPerLatent, group, group + 1));
        }
    }
}
