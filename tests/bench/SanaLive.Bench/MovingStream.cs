using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Model;

namespace SanaLive.Bench;

/// <summary>A stream with what makes its blocks: pictures and all, as the engine does.</summary>
internal sealed class MovingStream : IDisposable
{
    private readonly BlockGenerator generator;
    private readonly VideoModel model;
    private readonly Prompt prompt;

    public MovingStream(VideoModel model)
        : this(model, new VideoStream(model, seed: 5), model.Prompts.Read(null, model.Prompts.DefaultPrompt))
    {
    }

    /// <summary>A copy of another, at the same block, part by part as it is.</summary>
    public MovingStream(VideoModel model, MovingStream other)
        : this(model, new VideoStream(model, seed: 5), other.prompt) => Stream.Past.CopyFrom(other.Stream.Past);

    /// <summary>A stream that was loaded, under another's prompt.</summary>
    public MovingStream(VideoModel model, VideoStream loaded, MovingStream other)
        : this(model, loaded, other.prompt)
    {
    }

    private MovingStream(VideoModel model, VideoStream stream, Prompt prompt)
    {
        (this.model, this.prompt, Stream) = (model, prompt, stream);
        generator = new BlockGenerator(model, TimeProvider.System);
        Text = model.Transformer.CreateText(prompt.Tokens);
        model.Transformer.ReadText(prompt.Embedding.Span, Text);
    }

    public VideoStream Stream { get; }

    /// <summary>The prompt as the transformer sees it.</summary>
    public TextContext Text { get; }

    /// <returns>The block's frames.</returns>
    public byte[] Next()
    {
        var frames = new byte[generator.FrameBytes];
        generator.Generate(Stream, new BlockRequest(prompt, DateTimeOffset.MaxValue), frames, CancellationToken.None);
        return frames;
    }

    /// <returns>The frames of the blocks to come.</returns>
    public IReadOnlyList<byte[]> Ahead(int blocks) => [.. Enumerable.Range(0, blocks).Select(_ => Next())];

    public void Dispose()
    {
        generator.Dispose();
        Text.Dispose();
        Stream.Dispose();
    }
}
