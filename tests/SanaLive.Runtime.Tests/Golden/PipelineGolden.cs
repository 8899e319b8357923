using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// g1: the recorded pipelines, every step of every run: clips from text with and without guidance, by the folder's own scheduler, and from a
/// picture, by Euler with its first latent frame held clean at timestep 0.
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
            float[] still = pictured ? Still(x.Length / frames, run) : [];
            var steps = 0;
            denoiser.Run(x, still, positive, run.EndsWith("_nocfg", StringComparison.Ordinal) ? null : negative, guidance, sampler, Check, CancellationToken.None);
            Assert.Equal(sampler.Steps, steps);

            void Check(int step, ReadOnlySpan<float> latents, ReadOnlySpan<float> clean)
            {
                golden.Check($"{run}.latents_step{steps++}", Layouts.ChannelsFirst(latents, config.InChannels));
                if (step == sampler.Steps && scheduler.Kind == SchedulerKind.DpmSolver && !pictured)
                    Assert.All(latents.ToArray().Zip(clean.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 4));
            }
        }

        // What the encoder makes of the picture.
        float[] Still(int length, string run) => Layouts.ChannelsLast(golden.Floats($"{run}.latents_step0"), config.InChannels)[..length];

        TextContext Read(string words, string mask)
        {
            var embedding = TransformerGolden.KeepWords(golden.Floats(words), golden.Integers(mask), config.CaptionChannels);
            var text = model.CreateText(embedding.Length / config.CaptionChannels);
            model.ReadText(embedding, text);
            return text;
        }
    }
}
