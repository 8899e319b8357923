using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Engine;

/// <summary>A stream on an engine. The engine alone works on it; between two blocks it rests.</summary>
internal sealed class VideoStream : IVideoStream
{
    private readonly VideoModel model;
    private readonly Lock guard = new();
    private bool busy;
    private bool disposed;
    private TextContext? text;
    private float[] embedding = [];
    private Prompt? textPrompt;
    private Prompt? textBlendFrom;
    private float textWeight;

    // What the three made of themselves: where a blend has nothing between its two prompts, it is one of them for many blocks.
    private Prompt? textRead;

    public VideoStream(VideoModel model, ulong seed, StartImage? start = null)
    {
        if (start is not null && start.Latents.Length != model.LatentFrameLength)
            throw new ArgumentException($"The start image has {start.Latents.Length} latents, this model's have {model.LatentFrameLength}: it was read by another model.", nameof(start));
        this.model = model;
        Seed = seed;
        Start = start?.Latents ?? default;
        Past = new StreamPast(model);
        StateBytes = Past.State.Bytes + Past.Decoder.Bytes;
    }

    public ulong Seed { get; }

    /// <summary>The first latent frame of the stream; empty when it begins with noise.</summary>
    public ReadOnlyMemory<float> Start { get; }

    public long NextBlock => Past.State.NextBlock;

    public long StateBytes { get; }

    public string StatePolicy => Past.State.Policy.ToString();

    /// <summary>Replaced as a whole when a block is made.</summary>
    public StreamPast Past { get; set; }

    /// <summary>A block is under way: nobody else may ask for one, and nothing is freed.</summary>
    public void Enter()
    {
        lock (guard)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (busy)
                throw new InvalidOperationException("A block of this stream is already under way.");
            busy = true;
        }
    }

    public void Leave()
    {
        lock (guard)
        {
            busy = false;
            if (disposed)
                Free();
        }
    }

    /// <summary>The prompt of a request as the transformer sees it; read again only when it changes.</summary>
    public TextContext Text(BlockRequest request)
    {
        var (from, weight) = request.BlendWeight < 1 ? (request.BlendFrom, request.BlendWeight) : (null, 1f);
        if (text is not null && ReferenceEquals(textPrompt, request.Prompt) && ReferenceEquals(textBlendFrom, from) && textWeight == weight)
            return text;
        var to = request.Prompt;
        var blended = from is null ? to : model.Prompts.Blend(from, to, weight);
        if (text is not null && ReferenceEquals(textRead, blended))
        {
            (textPrompt, textBlendFrom, textWeight) = (to, from, weight);
            return text;
        }

        (textPrompt, textRead) = (null, null);
        if (text is null || text.Words != blended.Tokens)
        {
            text?.Dispose();
            text = null;
            text = model.Transformer.CreateText(blended.Tokens);
            embedding = new float[blended.Embedding.Length];
        }

        blended.Embedding.Span.CopyTo(embedding);
        model.Transformer.ReadText(embedding, text);
        (textPrompt, textBlendFrom, textWeight, textRead) = (to, from, weight, blended);
        return text;
    }

    public void Dispose()
    {
        lock (guard)
        {
            if (disposed)
                return;
            disposed = true;
            if (!busy)
                Free();
        }
    }

    private void Free()
    {
        Past.Dispose();
        text?.Dispose();
        model.Kernels.MemoryGivenBack();
    }
}
