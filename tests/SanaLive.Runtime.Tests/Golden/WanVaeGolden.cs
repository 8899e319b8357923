using System.Globalization;
using System.Text.RegularExpressions;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Vae.Wan;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// c1: Wan 2.1's VAE. Every latent frame's pictures and every causal layer's cache after it, latent frame by latent frame, against the whole
/// decode; every clip's moments and latents.
/// </summary>
internal static partial class WanVaeGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "vae");
        var config = WanVaeConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var decoder = new WanDecoder(golden.Kernels, config, checkpoint);
        using var encoder = new WanEncoder(golden.Kernels, config, checkpoint);
        checkpoint.Finish();

        var seen = new HashSet<string>();
        foreach (var run in golden.Names.Select(name => InputOfDecoder().Match(name)).Where(match => match.Success).Select(match => match.Groups[1].Value))
        {
            for (var sample = 0; sample < golden.Shape($"in.z{run}")[0]; sample++)
                Decode(golden, decoder, run, sample, seen);
        }

        foreach (var run in golden.Names.Select(name => OutputOfEncoder().Match(name)).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct())
            Encode(golden, encoder, config, run, seen);
        Assert.True(seen.Any(name => name.StartsWith("dec", StringComparison.Ordinal)) && seen.Any(name => name.StartsWith("enc", StringComparison.Ordinal)), "The case decodes or encodes nothing.");
    }

    private static void Decode(GoldenCase golden, WanDecoder decoder, string run, int sample, HashSet<string> seen)
    {
        var shape = golden.Shape($"in.z{run}");
        var (channels, frames, height, width) = (shape[1], shape[2], shape[3], shape[4]);
        var latents = Layouts.ChannelsLast(Sample($"in.z{run}"), channels);
        using var history = (WanHistory)decoder.CreateHistory(height, width);
        for (var frame = 0; frame < frames; frame++)
        {
            var rgb = golden.Read(decoder.ForwardRaw(latents.AsSpan(frame * latents.Length / frames, latents.Length / frames), height, width, history));
            Check($"dec{run}.step{frame}.preclamp", Layouts.ChannelsFirst(rgb, 3));
            var whole = Layouts.CutFrames(Sample($"dec{run}.sample"), 3, decoder.FramesOf(frames), decoder.FramesOf(frame), decoder.FramesOf(frame + 1));
            golden.Check($"dec{run}.sample", [.. rgb.Select(value => Math.Clamp(value, -1, 1))], whole);
            seen.Add($"dec{run}.sample");
            for (var slot = 0; slot < history.Tails.Count; slot++)
                CheckTail($"dec{run}.step{frame}.cache{slot:00}", history.Tails[slot]);
        }

        // Recorded are as many frames as there were; where there were fewer than two, zeros or nothing before them.
        void CheckTail(string name, CausalTail tail)
        {
            if (!golden.Has(name))
                return;
            var recorded = golden.Shape(name)[2];
            Assert.InRange(recorded, tail.Count, 2);
            var (older, last) = (tail.Count > 1 ? golden.Read(tail.Older) : new float[tail.Older.Count], golden.Read(tail.Last));
            Check(name, Layouts.ChannelsFirst(recorded > 1 ? [.. older, .. last] : last, tail.Last.Columns));
        }

        void Check(string name, float[] values)
        {
            if (!golden.Has(name))
                return;
            golden.Check(name, values, Sample(name));
            seen.Add(name);
        }

        ReadOnlySpan<float> Sample(string name)
        {
            var values = golden.Floats(name);
            return values.AsSpan(sample * (values.Length / shape[0]), values.Length / shape[0]);
        }
    }

    private static void Encode(GoldenCase golden, WanEncoder encoder, WanVaeConfig config, string run, HashSet<string> seen)
    {
        // A clip that was not recorded is the beginning of the shortest one that is long enough; pictures that fill no latent frame were left out.
        var recordedFrames = int.Parse(run, CultureInfo.InvariantCulture);
        var input = golden.Names.Where(name => name.StartsWith("in.video", StringComparison.Ordinal) && golden.Shape(name)[2] >= recordedFrames).MinBy(name => golden.Shape(name)[2])!;
        var frames = encoder.FramesOfFirstLatent + ((recordedFrames - encoder.FramesOfFirstLatent) / encoder.FramesPerLatent * encoder.FramesPerLatent);
        var shape = golden.Shape(input);
        var (height, width, z) = (shape[3], shape[4], config.LatentChannels);
        var (latentFrames, pixels) = (encoder.LatentFrames(frames), height / encoder.SpatialScale * (width / encoder.SpatialScale));
        for (var sample = 0; sample < shape[0]; sample++)
        {
            var moments = new List<float>();
            encoder.Observer = (_, tensor) => moments.AddRange(golden.Read(tensor));
            var latents = new float[latentFrames * pixels * z];
            encoder.Encode(Layouts.CutFrames(Sample(input), 3, shape[2], 0, frames), frames, height, width, latents);

            float[] means = [.. moments.Where((_, i) => i % (2 * z) < z)];
            Check($"enc{run}.moments", [.. moments], 2 * z);
            Check($"enc{run}.mean", means, z);
            Check($"enc{run}.mode", means, z);
            Check($"enc{run}.normalized_latents", latents, z);

            void Check(string name, float[] values, int channels)
            {
                if (!golden.Has(name))
                    return;
                golden.Check(name, Layouts.ChannelsFirst(values, channels), Sample(name));
                seen.Add(name);
            }

            ReadOnlySpan<float> Sample(string name)
            {
                var values = golden.Floats(name);
                return values.AsSpan(sample * (values.Length / shape[0]), values.Length / shape[0]);
            }
        }
    }

    [GeneratedRegex(@"^in\.z(\d+)$")]
    private static partial Regex InputOfDecoder();

    [GeneratedRegex(@"^enc(\d+)\.")]
    private static partial Regex OutputOfEncoder();
}
