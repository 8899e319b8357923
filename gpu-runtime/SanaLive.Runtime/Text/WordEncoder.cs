using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text;

/// <summary>
/// A small transformer over words: slots, one per attribute, and the words of a new text attend to each other. It never sees what
/// was said before: a head answers with a value of its attribute or with "not named". Word order counts. Golden case world_text.
/// </summary>
internal sealed class WordEncoder : IDisposable
{
    private readonly KernelSet kernels;
    private readonly float[] embedding;
    private readonly float[] position;
    private readonly float[] slots;
    private readonly WordEncoderLayer[] layers;
    private readonly Tensor normOut;
    private readonly Weights[] heads;
    private readonly Weights tagHead;

    public WordEncoder(KernelSet kernels, WordEncoderConfig config, Checkpoint checkpoint)
    {
        this.kernels = kernels;
        Config = config;
        var c = config.Width;
        embedding = checkpoint.Take("embedding.weight", config.Buckets, c);
        position = checkpoint.Take("position", config.MaxWords, c);
        slots = checkpoint.Take("slots", config.Slots, c);
        layers = [.. Enumerable.Range(0, config.Layers).Select(layer => new WordEncoderLayer(kernels, checkpoint, $"layers.{layer}.", config))];
        normOut = WordEncoderLayer.Norm(kernels, checkpoint, "norm_out", c);
        heads = [.. config.Attributes.Select(attribute => Linear($"heads.{attribute.Name}", 1 + attribute.Values.Count))];
        tagHead = Linear("tag_head", config.Tags.Count);

        Weights Linear(string name, int outputs) =>
            kernels.PackLinear(checkpoint.Take($"{name}.weight", outputs, c), outputs, c, checkpoint.Take($"{name}.bias", outputs));
    }

    public WordEncoderConfig Config { get; }

    /// <summary>Reads a text. Of one that is too long the last words count.</summary>
    public WordReading Read(string text)
    {
        var words = PromptWords.Split(text).TakeLast(Config.MaxWords).ToArray();
        var (c, rows) = (Config.Width, Config.Slots + words.Length);
        var input = new float[rows * c];
        slots.CopyTo(input, 0);
        for (var word = 0; word < words.Length; word++)
            Embed(words[word], word, input.AsSpan((Config.Slots + word) * c, c));

        using var x = kernels.Create(rows, c);
        using var normed = kernels.Create(rows, c);
        kernels.Write(x, input);
        foreach (var layer in layers)
            layer.Forward(x, normed);
        kernels.NormModulate(x, normOut, 0, c, Config.NormEps, normed);

        var output = new float[rows * c];
        kernels.Read(normed, output);
        var attributeLogits = heads.Select((head, slot) => Apply(head, output.AsSpan(slot * c, c))).ToArray();
        var tagLogits = words.Length == 0 ? [] : Apply(tagHead, output.AsSpan(Config.Slots * c));
        return new WordReading(words, output[..(Config.Slots * c)], attributeLogits, tagLogits);
    }

    public void Dispose()
    {
        foreach (var layer in layers)
            layer.Dispose();
        foreach (var head in heads)
            head.Dispose();
        normOut.Dispose();
        tagHead.Dispose();
    }

    private void Embed(string word, int place, Span<float> row)
    {
        var buckets = PromptWords.Buckets(word, Config.Buckets);
        for (var i = 0; i < row.Length; i++)
        {
            var sum = 0f;
            foreach (var bucket in buckets)
                sum += embedding[bucket * row.Length + i];
            row[i] = sum / buckets.Length + position[place * row.Length + i];
        }
    }

    private float[] Apply(Weights head, ReadOnlySpan<float> rows)
    {
        using var x = kernels.Create(rows.Length / head.Inputs, head.Inputs);
        using var y = kernels.Create(x.Rows, head.Outputs);
        kernels.Write(x, rows);
        kernels.Linear(x, head, y);
        var values = new float[y.Count];
        kernels.Read(y, values);
        return values;
    }
}
