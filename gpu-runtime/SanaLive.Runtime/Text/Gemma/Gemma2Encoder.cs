using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>
/// Gemma 2 as a text encoder: tokens to the hidden states after its last norm. A token sees only tokens before it, so padding behind a
/// text changes nothing and is never computed. Golden cases f1.
/// </summary>
public sealed class Gemma2Encoder : IDisposable
{
    private readonly KernelSet kernels;
    private readonly TensorRows embeddings;
    private readonly List<Gemma2Layer> layers = [];
    private readonly Tensor norm;

    /// <param name="kernels">Own the memory and compute.</param>
    /// <param name="config">Of the model.</param>
    /// <param name="checkpoint">Its weights, named as transformers' <c>Gemma2Model</c> or <c>Gemma2ForCausalLM</c> names them.</param>
    /// <param name="precision">In bf16 the linears' weights stay in 16 bits. 8-bit products are not made of a prompt: in int8 it is fp32.</param>
    /// <exception cref="CheckpointException">They do not fit the config.</exception>
    public Gemma2Encoder(KernelSet kernels, Gemma2Config config, Checkpoint checkpoint, Precision precision = Precision.Fp32)
    {
        this.kernels = kernels;
        Config = config;
        var prefix = checkpoint.Has("model.embed_tokens.weight") ? "model." : string.Empty;
        embeddings = checkpoint.TakeRows($"{prefix}embed_tokens.weight", config.VocabularySize, config.Hidden);
        try
        {
            for (var layer = 0; layer < config.Layers; layer++)
                layers.Add(new Gemma2Layer(kernels, config, checkpoint, $"{prefix}layers.{layer}.", config.Sliding[layer], precision));
            norm = Gemma2Layer.Norm(kernels, checkpoint, $"{prefix}norm.weight", config.Hidden);
            checkpoint.Finish();
        }
        catch
        {
            layers.ForEach(layer => layer.Dispose());
            norm?.Dispose();
            embeddings.Dispose();
            throw;
        }
    }

    public Gemma2Config Config { get; }

    /// <summary>For tests: sees tensors on their way, by name.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <summary>The hidden states of a text's tokens, [tokens, hidden]; of those after the prefix if there is one.</summary>
    /// <param name="tokens">The whole text, without padding.</param>
    /// <param name="prefix">Its beginning, read before.</param>
    /// <exception cref="ArgumentException">No tokens, a token that the vocabulary does not have, or another beginning.</exception>
    public float[] Encode(ReadOnlySpan<int> tokens, Gemma2Prefix? prefix = null)
    {
        if (prefix is not null && !prefix.Begins(tokens))
            throw new ArgumentException("The text does not begin with this prefix and go on after it.", nameof(prefix));
        return Forward(tokens, prefix, null);
    }

    /// <summary>Reads the beginning that many texts share.</summary>
    public Gemma2Prefix ReadPrefix(ReadOnlySpan<int> tokens)
    {
        var kept = new List<(Tensor Keys, Tensor Values)>();
        try
        {
            var hidden = Forward(tokens, null, kept);
            return new Gemma2Prefix(tokens.ToArray(), kept, hidden);
        }
        catch
        {
            new Gemma2Prefix([], kept, []).Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        layers.ForEach(layer => layer.Dispose());
        norm.Dispose();
        embeddings.Dispose();
    }

    private float[] Forward(ReadOnlySpan<int> tokens, Gemma2Prefix? prefix, List<(Tensor Keys, Tensor Values)>? keep)
    {
        var before = prefix?.Tokens.Count ?? 0;
        var values = Embed(tokens[before..]);
        using var w = new Gemma2Workspace(kernels, Config, before, tokens.Length - before);
        kernels.Write(w.X, values);
        Observer?.Invoke("rope.cos", w.Cos);
        Observer?.Invoke("rope.sin", w.Sin);
        for (var layer = 0; layer < layers.Count; layer++)
        {
            Observer?.Invoke($"hidden_states.{layer}", w.X);
            layers[layer].Forward(w, prefix?.Layers[layer], Observer is { } observer ? (name, tensor) => observer($"layer{layer}.{name}", tensor) : null);
            if (keep is null)
                continue;
            var (keys, kept) = (kernels.Create(w.Keys.Rows, w.Keys.Columns), kernels.Create(w.Keys.Rows, w.Keys.Columns));
            keep.Add((keys, kept));
            kernels.Copy(w.Keys, keys);
            kernels.Copy(w.Values, kept);
        }

        kernels.RmsNorm(w.X, norm, Config.NormEps, relu: false, w.X);
        Observer?.Invoke($"hidden_states.{layers.Count}", w.X);
        kernels.Read(w.X, values);
        return values;
    }

    /// <summary>Rows of the table times sqrt(hidden).</summary>
    private float[] Embed(ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            throw new ArgumentException("A text has one token or more.", nameof(tokens));
        var values = new float[tokens.Length * Config.Hidden];
        var scale = (float)Math.Sqrt(Config.Hidden);
        for (var token = 0; token < tokens.Length; token++)
        {
            if ((uint)tokens[token] >= (uint)embeddings.Rows)
                throw new ArgumentException($"Token {tokens[token]} is not among the {embeddings.Rows} of the text encoder: its tokenizer is another model's.", nameof(tokens));
            var row = values.AsSpan(token * Config.Hidden, Config.Hidden);
            embeddings.Read(tokens[token], row);
            foreach (ref var value in row)
                value *= scale;
        }

        return values;
    }
}
