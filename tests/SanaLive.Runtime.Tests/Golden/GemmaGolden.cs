using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// f1: Gemma 2, every recorded tensor of the tokens that the mask leaves in; with the whole text at once, with its beginning kept from
/// another reading, and without the mask.
/// </summary>
internal static class GemmaGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "text_encoder");
        var config = Gemma2Config.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var model = new Gemma2Encoder(golden.Kernels, config, checkpoint);
        var shape = golden.Shape("in.input_ids");
        var (batch, length) = (shape[0], shape[1]);
        var ids = Array.ConvertAll(golden.Integers("in.input_ids"), id => (int)id);
        var mask = golden.Integers("in.attention_mask");
        for (var sample = 0; sample < batch; sample++)
        {
            var tokens = ids.AsSpan(sample * length, length).ToArray();
            var words = mask.AsSpan(sample * length, length).ToArray().Count(kept => kept != 0);
            Assert.All(mask.AsSpan(sample * length, words).ToArray(), kept => Assert.NotEqual(0, kept));

            var number = sample;
            var seen = 0;
            model.Observer = (name, tensor) =>
            {
                if (golden.Has(name))
                {
                    Check(name, golden.Read(tensor), number, words);
                    seen++;
                }
            };
            var hidden = model.Encode(tokens.AsSpan(0, words));
            Assert.True(seen >= config.Layers + 1, $"Only {seen} of the recorded tensors were seen.");
            model.Observer = null;
            Check("last_hidden_state", hidden, sample, words);
            if (golden.Has("nomask.last_hidden_state"))
                Check("nomask.last_hidden_state", model.Encode(tokens), sample, length);

            for (var kept = 1; kept < words; kept += 3)
            {
                using var prefix = model.ReadPrefix(tokens.AsSpan(0, kept));
                float[] inTwo = [.. prefix.Hidden.Span, .. model.Encode(tokens.AsSpan(0, words), prefix)];
                Check("last_hidden_state", inTwo, sample, words);
            }
        }

        void Check(string name, float[] actual, int sample, int words)
        {
            var recorded = golden.Floats(name);
            var width = golden.Shape(name)[^1];

            // Rope tables: one for all samples, and the same in both halves.
            var rope = name.StartsWith("rope.", StringComparison.Ordinal);
            if (rope)
                actual = [.. Enumerable.Range(0, words).SelectMany(token => Twice(actual.AsSpan(token * width / 2, width / 2)))];
            golden.Check(name, actual, recorded.AsSpan((rope && golden.Shape(name)[0] == 1 ? 0 : sample) * length * width, words * width));
        }
    }

    private static float[] Twice(ReadOnlySpan<float> half) => [.. half, .. half];
}
