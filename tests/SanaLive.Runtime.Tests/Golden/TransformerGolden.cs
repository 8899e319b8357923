using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>a*: the whole transformer, with timesteps per sample, per frame and per token, with and without a text mask.</summary>
internal static class TransformerGolden
{
    private static readonly string[] ChannelsFirst = ["patch_embedding"];

    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "transformer");
        var config = TransformerConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var model = new SanaVideoTransformer(golden.Kernels, config, checkpoint);

        var shape = golden.Shape("in.hidden_states");
        var (batch, frames, height, width) = (shape[0], shape[2], shape[3], shape[4]);
        var grid = new TokenGrid(frames, height / config.Patch, width / config.Patch);
        var hidden = golden.Floats("in.hidden_states");
        var words = golden.Floats("in.encoder_hidden_states");
        var mask = golden.Integers("in.encoder_attention_mask");
        foreach (var run in golden.Names.Where(name => name.EndsWith(".sample", StringComparison.Ordinal)).Select(name => name[..^".sample".Length]).ToArray())
        {
            var masked = !run.EndsWith("_nomask", StringComparison.Ordinal);
            var times = golden.Floats($"in.timestep_{(run.StartsWith("t_", StringComparison.Ordinal) ? run[2..] : run).Replace("_nomask", string.Empty, StringComparison.Ordinal)}");
            for (var sample = 0; sample < batch; sample++)
            {
                var timesteps = Part(times, sample, batch).ToArray();
                if (run.Contains("_frame", StringComparison.Ordinal))
                    timesteps = [.. Enumerable.Range(0, frames).Select(frame => timesteps[frame * grid.PerFrame])];
                var number = sample;
                model.Observer = (name, tensor) =>
                {
                    var recorded = $"{run}.{name}";
                    if (!golden.Has(recorded) || (name.StartsWith("caption", StringComparison.Ordinal) && masked && HasMaskedWord(mask, number, batch)))
                        return;
                    var actual = golden.Read(tensor);
                    if (ChannelsFirst.Contains(name))
                        actual = Layouts.ChannelsFirst(actual, tensor.Columns);
                    golden.Check(recorded, actual, Part(golden.Floats(recorded), number, batch));
                };

                var embedding = KeepWords(Part(words, sample, batch), masked ? mask.AsSpan(sample * mask.Length / batch, mask.Length / batch) : default, config.CaptionChannels);
                using var text = model.CreateText(embedding.Length / config.CaptionChannels);
                model.ReadText(embedding, text);
                using var latents = golden.Upload(Layouts.ChannelsLast(Part(hidden, sample, batch), config.InChannels), config.InChannels);
                using var flow = golden.Kernels.Create(frames * height * width, config.OutChannels);
                Check(timesteps);

                // With its first frame clean the clip is told frame by frame in the runtime: the same numbers from fewer timesteps.
                if (run.Contains("_i2v", StringComparison.Ordinal))
                    Check([.. Enumerable.Range(0, frames).Select(frame => timesteps[frame * grid.PerFrame])]);

                void Check(float[] times)
                {
                    model.Observer = times.Length == timesteps.Length ? model.Observer : null;
                    model.Forward(latents, grid, times, text, null, null, flow);
                    golden.Check($"{run}.sample", Layouts.ChannelsFirst(golden.Read(flow), config.OutChannels), Part(golden.Floats($"{run}.sample"), number, batch));
                }
            }
        }
    }

    /// <summary>The words that a mask leaves in.</summary>
    public static float[] KeepWords(ReadOnlySpan<float> words, ReadOnlySpan<long> mask, int channels)
    {
        if (mask.IsEmpty)
            return words.ToArray();
        var kept = new List<float>();
        for (var word = 0; word < mask.Length; word++)
        {
            if (mask[word] != 0)
                kept.AddRange(words.Slice(word * channels, channels));
        }

        return [.. kept];
    }

    private static bool HasMaskedWord(long[] mask, int sample, int batch) =>
        mask.AsSpan(sample * mask.Length / batch, mask.Length / batch).Contains(0);

    private static ReadOnlySpan<float> Part(float[] values, int sample, int batch) =>
        values.AsSpan(sample * (values.Length / batch), values.Length / batch);
}
