using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Ltx2;
using SanaLive.Runtime.Vae.Wan;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// g1: the recorded pipelines, every step of every run: clips from text with and without guidance, by the folder's own scheduler, and from a
/// picture, by Euler with its first latent frame, which the encoder makes of it, held clean at timestep 0; then their pictures.
/// </summary>
internal static class PipelineGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "transformer");
        var config = TransformerConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var model = new SanaVideoTransformer(golden.Kernels, config, checkpoint);
        var shape = golden.Shape("in.latents");
        var (frames, height, width) = (shape[2], shape[3], shape[4]);
        using var positive = Read("in.prompt_embeds", "in.prompt_attention_mask");
        using var negative = Read("in.negative_prompt_embeds", "in.negative_prompt_attention_mask");
        using var denoiser = new ClipDenoiser(golden.Kernels, model, frames, height, width);
        var vae = Path.Combine(golden.Folder, "vae");
        using var vaeCheckpoint = Checkpoint.Open(vae);
        var (openDecoder, openEncoder) = Autoencoder(golden, Path.Combine(vae, "config.json"), vaeCheckpoint);
        using var decoder = openDecoder;
        using var encoder = openEncoder;
        vaeCheckpoint.Finish();
        var scheduler = SchedulerConfig.Read(Path.Combine(golden.Folder, "scheduler", "scheduler_config.json"));
        var guidance = golden.Meta.GetProperty("guidance_scale").GetSingle();
        var runs = golden.Names.Where(name => name.EndsWith(".timesteps", StringComparison.Ordinal)).Select(name => name[..^".timesteps".Length]).ToArray();
        Assert.NotEmpty(runs);
        foreach (var run in runs)
        {
            var pictured = run.StartsWith("i2v", StringComparison.Ordinal);
            var sampler = (pictured ? scheduler.ForImageToVideo() : scheduler).Create(golden.Shape($"{run}.timesteps")[0]);
            SchedulerGolden.CheckTimesteps(golden, $"{run}.timesteps", sampler.Timesteps.ToArray());
            golden.Check($"{run}.sigmas", [.. sampler.Sigmas.ToArray().Select(sigma => (float)sigma)]);

            var x = Layouts.ChannelsLast(golden.Floats("in.latents"), config.InChannels);
            float[] still = pictured ? Still(x.Length / frames) : [];
            var steps = 0;
            denoiser.Run(x, still, positive, run.EndsWith("_nocfg", StringComparison.Ordinal) ? null : negative, guidance, sampler, Check, CancellationToken.None);
            Assert.Equal(sampler.Steps, steps);
            golden.Check($"{run}.video", Video(x));

            void Check(int step, ReadOnlySpan<float> latents, ReadOnlySpan<float> clean)
            {
                golden.Check($"{run}.latents_step{steps++}", Layouts.ChannelsFirst(latents, config.InChannels));
                if (step == sampler.Steps && scheduler.Kind == SchedulerKind.DpmSolver && !pictured)
                    Assert.All(latents.ToArray().Zip(clean.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 4));
            }
        }

        // Pictures are recorded from 0 to 1, and come here from -1 to 1.
        float[] Still(int length)
        {
            var (picture, latents) = (golden.Shape("in.image01"), new float[length]);
            encoder.Encode([.. Layouts.ChannelsLast(golden.Floats("in.image01"), 3).Select(value => 2 * value - 1)], 1, picture[2], picture[3], latents);
            return latents;
        }

        float[] Video(float[] x)
        {
            var (video, picture) = (new List<float>(), height * width * decoder.SpatialScale * decoder.SpatialScale * 3);
            decoder.ForwardClip(x, frames, height, width, pictures =>
            {
                var rgb = golden.Read(pictures);
                for (var at = 0; at < rgb.Length; at += picture)
                    video.AddRange(Layouts.ChannelsFirst(rgb.AsSpan(at, picture), 3).Select(value => Math.Clamp(value / 2 + 0.5f, 0, 1)));
            });
            return [.. video];
        }

        TextContext Read(string words, string mask)
        {
            var embedding = TransformerGolden.KeepWords(golden.Floats(words), golden.Integers(mask), config.CaptionChannels);
            var text = model.CreateText(embedding.Length / config.CaptionChannels);
            model.ReadText(embedding, text);
            return text;
        }
    }

    private static (VideoDecoder Decoder, VideoEncoder Encoder) Autoencoder(GoldenCase golden, string path, Checkpoint checkpoint)
    {
        using var json = HubJson.Read(path);
        if (json.RootElement.GetProperty("_class_name").GetString() == "AutoencoderKLWan")
        {
            var wan = WanVaeConfig.Read(path);
            return (new WanDecoder(golden.Kernels, wan, checkpoint), new WanEncoder(golden.Kernels, wan, checkpoint));
        }

        var ltx2 = Ltx2Config.Read(path);
        return (new Ltx2Decoder(golden.Kernels, ltx2, checkpoint), new Ltx2Encoder(golden.Kernels, ltx2, checkpoint));
    }
}
