using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// g1: the image-to-video half of the recorded pipelines, every step of it: latent frame 0 is the clean picture at timestep 0, the others are
/// stepped by Euler under guidance. The text-to-video half needs a sampler that the runtime does not have.
/// </summary>
internal static class ImageToVideoGolden
{
    private const float Guidance = 6;

    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "transformer");
        var config = TransformerConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var model = new SanaVideoTransformer(golden.Kernels, config, checkpoint);
        var shape = golden.Shape("in.latents");
        var (frames, height, width) = (shape[2], shape[3], shape[4]);
        var grid = new TokenGrid(frames, height / config.Patch, width / config.Patch);
        using var positive = Read("in.prompt_embeds", "in.prompt_attention_mask");
        using var negative = Read("in.negative_prompt_embeds", "in.negative_prompt_attention_mask");

        var times = golden.Floats("i2v.timesteps");
        var plan = SamplingPlan.Of(SamplerKind.Euler, [.. golden.Floats("i2v.sigmas")[..times.Length].Select(sigma => sigma * 1000)]);
        var x = Layouts.ChannelsLast(golden.Floats("in.latents"), config.InChannels);
        var frame = x.Length / frames;
        Layouts.ChannelsLast(golden.Floats("i2v.latents_step0"), config.InChannels).AsSpan(0, frame).CopyTo(x);
        using var latents = golden.Kernels.Create(frames * height * width, config.InChannels);
        using var flow = golden.Kernels.Create(frames * height * width, config.OutChannels);
        for (var step = 0; step < times.Length; step++)
        {
            float[] timesteps = [0, .. Enumerable.Repeat(times[step], frames - 1)];
            var (unguided, guided) = (Flow(negative), Flow(positive));
            for (var i = 0; i < guided.Length; i++)
                guided[i] = unguided[i] + Guidance * (guided[i] - unguided[i]);
            plan.Step(step, x.AsSpan(frame), guided.AsSpan(frame), []);
            golden.Check($"i2v.latents_step{step}", Layouts.ChannelsFirst(x, config.InChannels));

            float[] Flow(TextContext text)
            {
                golden.Kernels.Write(latents, x);
                model.Forward(latents, grid, timesteps, text, null, null, flow);
                return golden.Read(flow);
            }
        }

        TextContext Read(string words, string mask)
        {
            var embedding = TransformerGolden.KeepWords(golden.Floats(words), golden.Integers(mask), config.CaptionChannels);
            var text = model.CreateText(embedding.Length / config.CaptionChannels);
            model.ReadText(embedding, text);
            return text;
        }
    }
}
