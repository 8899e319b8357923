using System.Text.RegularExpressions;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Vae.Ltx2;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>d1: the LTX-2 VAE, clips both ways and every tensor on the way to pictures. d3: its causal decoder on a stream.</summary>
internal static partial class Ltx2Golden
{
    public static void Clips(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "vae");
        var config = Ltx2Config.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var decoder = new Ltx2Decoder(golden.Kernels, config, checkpoint);
        using var encoder = new Ltx2Encoder(golden.Kernels, config, checkpoint);
        checkpoint.Finish();

        var checkedNames = new HashSet<string>();
        for (var sample = 0; sample < golden.Shape("in.z")[0]; sample++)
        {
            Decode(golden, decoder, sample, normalised: false, checkedNames);
            Decode(golden, decoder, sample, normalised: true, checkedNames);
        }

        for (var sample = 0; sample < golden.Shape("in.video")[0]; sample++)
            Encode(golden, encoder, sample, checkedNames);
        Assert.Equal(golden.Names.Where(name => !name.StartsWith("in.", StringComparison.Ordinal)).Order(), checkedNames.Order());
    }

    public static void Stream(GoldenCase golden)
    {
        var config = Ltx2Config.Read(Path.Combine(golden.Folder, "vae", "config.json"));
        using var checkpoint = Checkpoint.Open(WeightsOf(golden));
        using var decoder = new Ltx2Decoder(golden.Kernels, config, checkpoint);
        var scale = new LatentScale(checkpoint, config);
        var shape = golden.Shape("in.z");
        var (latentFrames, height, width) = (shape[2], shape[3], shape[4]);
        var length = height * width * config.LatentChannels;
        var chunks = golden.Meta.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetInt32()).ToArray();
        Assert.Equal(latentFrames, chunks.Sum());
        for (var sample = 0; sample < shape[0]; sample++)
        {
            var raw = Layouts.ChannelsLast(golden.Part("in.z", sample), config.LatentChannels);
            var latents = new float[raw.Length];
            scale.Normalise(raw, latents);
            golden.Check("in.z_normalized", Layouts.ChannelsFirst(latents, config.LatentChannels), golden.Part("in.z_normalized", sample));
            latents = Layouts.ChannelsLast(golden.Part("in.z_normalized", sample), config.LatentChannels);

            using var history = decoder.CreateHistory(height, width);
            var at = 0;
            for (var chunk = 0; chunk < chunks.Length; chunk++)
            {
                var video = new List<float>();
                for (var frame = 0; frame < chunks[chunk]; frame++, at++)
                {
                    var pictures = new float[decoder.NextFrames(history) * height * decoder.SpatialScale * width * decoder.SpatialScale * 3];
                    decoder.Decode(latents.AsSpan(at * length, length), height, width, history, pictures);
                    video.AddRange(pictures);
                }

                golden.Check($"stream.chunk{chunk}", Layouts.ChannelsFirst([.. video], 3), golden.Part($"stream.chunk{chunk}", sample));
            }
        }
    }

    private static void Decode(GoldenCase golden, Ltx2Decoder decoder, int sample, bool normalised, HashSet<string> checkedNames)
    {
        var shape = golden.Shape("in.z");
        var (frames, height, width) = (shape[2], shape[3], shape[4]);
        var z = Layouts.ChannelsLast(golden.Part("in.z", sample), decoder.LatentChannels);
        var seen = new Dictionary<string, int>();
        decoder.Observer = (name, tensor) =>
        {
            // Latents as they are, and features of those, are recorded for one of the two runs each.
            if (name == "denorm_latents" == normalised)
                CheckFrame($"dec.{name}", tensor);
        };
        decoder.ForwardClip(z, frames, height, width, picture => CheckFrame(normalised ? "dec.denorm_sample" : "dec.sample", picture), normalised);
        foreach (var (name, count) in seen)
            Assert.Equal(golden.Shape(name)[2], count);

        void CheckFrame(string name, Tensor tensor)
        {
            var (at, recorded) = (seen.GetValueOrDefault(name), golden.Part(name, sample));
            golden.Check(name, golden.Read(tensor), Layouts.CutFrames(recorded, tensor.Columns, golden.Shape(name)[2], at, at + 1));
            seen[name] = at + 1;
            checkedNames.Add(name);
        }
    }

    private static void Encode(GoldenCase golden, Ltx2Encoder encoder, int sample, HashSet<string> checkedNames)
    {
        var shape = golden.Shape("in.video");
        var (frames, height, width, channels) = (shape[2], shape[3], shape[4], encoder.LatentChannels);
        var mode = new List<float>();
        encoder.Observer = tensor => mode.AddRange(golden.Read(tensor));
        var video = Layouts.ChannelsLast(golden.Part("in.video", sample), 3);
        encoder.Encode(video, frames, height, width, new float[encoder.LatentFrames(frames) * (height / encoder.SpatialScale) * (width / encoder.SpatialScale) * channels]);

        // The log variance is one for all channels.
        var rows = mode.Chunk(channels + 1).ToArray();
        golden.Check("enc.mode", Layouts.ChannelsFirst([.. rows.SelectMany(row => row[..channels])], channels), golden.Part("enc.mode", sample));
        golden.Check(
            "enc.moments", Layouts.ChannelsFirst([.. rows.SelectMany(row => row[..channels].Concat(Enumerable.Repeat(row[channels], channels)))], 2 * channels),
            golden.Part("enc.moments", sample));
        checkedNames.UnionWith(["enc.mode", "enc.moments"]);
    }

    /// <summary>A case without weights says whose it uses, else it is the d1 beside it.</summary>
    private static string WeightsOf(GoldenCase golden)
    {
        var own = Path.Combine(golden.Folder, "vae");
        if (Directory.GetFiles(own, "*.safetensors").Length > 0)
            return own;
        var named = WeightsNote().Match(golden.Note);
        return named.Success
            ? Path.GetFullPath(Path.Combine(golden.Folder, named.Groups[1].Value))
            : Path.Combine(Directory.GetDirectories(Path.GetDirectoryName(golden.Folder)!, "d1_*").Order(StringComparer.Ordinal).First(), "vae");
    }

    [GeneratedRegex(@"weights\s*=\s*(\S+)")]
    private static partial Regex WeightsNote();
}
