using SanaLive.Runtime.Engine;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>An engine of the embedded world's shape that paints flat pictures.</summary>
internal sealed class FakeEngine : IEngine
{
    public static ModelCard Card { get; } = new()
    {
        Name = "fake-world",
        Fingerprint = "f00d",
        License = "Apache-2.0",
        PromptSemantics = PromptSemantics.Merge,
        Width = 64,
        Height = 32,
        FramesPerSecond = 16,
        FramesPerBlock = 8,
        Parameters = 1_000,
        WeightBytes = 4_000,
        Sizes = ["32x64"],
        Steps = 2,
        StatePolicy = "window(3)",
        DefaultPrompt = "a meadow by day",
        Suggestions = ["night falls", "the sun rises"],
        Vocabulary = [new VocabularyAttribute("time of day", ["day", "night"])],
        Controls =
        [
            new() { Name = "speed", Attribute = "speed", Type = ControlType.Number, Minimum = 10, Maximum = 60, Unit = "px/s", Values = ["slow", "fast"], Default = 30 },
            new() { Name = "direction", Attribute = "direction", Type = ControlType.Choice, Values = ["right", "left"], Default = "right" },
        ],
    };

    public string Name => "fake-0";

    public ModelCard Model => Card;

    public EngineFacts Facts { get; } = new("cpu", "fake/none", "fp32", 1, "Chosen because a test said so.", "fake");

    public int QueueLength => 0;

    public double MeasuredBlocksPerSecond => 10;

    public ValueTask<Prompt> ReadPromptAsync(
        Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        var inForce = (previous?.Controls ?? Card.Controls.ToDictionary(control => control.Name, control => control.Default)).ToDictionary();
        string[] understood = [.. text is null ? [] : new[] { text.Split(' ')[^1] }, .. controls?.Select(control => $"{control.Key} {control.Value}") ?? []];
        foreach (var (name, value) in controls ?? new Dictionary<string, ControlValue>()) inForce[name] = value;
        text ??= string.Join(", ", understood);
        return ValueTask.FromResult(new Prompt(text, text, understood, [], new float[4], 1) { Controls = inForce });
    }

    public ValueTask<StartImage> ReadImageAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellation) =>
        ValueTask.FromResult(new StartImage(rgb.ToArray().Select(value => (float)value).ToArray(), new Dictionary<string, ControlValue>()));

    public IVideoStream CreateStream(ulong seed, StartImage? start = null) => new Stream(seed);

    public ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation)
    {
        var own = (Stream)stream;
        if (request.Begin?.Invoke() == false) return ValueTask.FromCanceled<GeneratedBlock>(new CancellationToken(true));
        var frames = new byte[Card.FramesPerBlock * Card.Width * Card.Height * 3];
        frames.AsSpan().Fill(request.Prompt.Text.Contains("night", StringComparison.Ordinal) ? (byte)20 : (byte)200);
        return ValueTask.FromResult(new GeneratedBlock(own.NextBlock++, frames, default));
    }

    public ValueTask<SavedStream> SaveStreamAsync(IVideoStream stream, CancellationToken cancellation) => ValueTask.FromResult(
        new SavedStream(stream.NextBlock, Card.Fingerprint, Facts.Fingerprint, BitConverter.GetBytes(stream.Seed)));

    public ValueTask<IVideoStream> LoadStreamAsync(SavedStream saved, CancellationToken cancellation) =>
        ValueTask.FromResult<IVideoStream>(new Stream(BitConverter.ToUInt64(saved.Bytes.Span)) { NextBlock = saved.NextBlock });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Stream(ulong seed) : IVideoStream
    {
        public ulong Seed => seed;

        public long NextBlock { get; set; }

        public long StateBytes => 4096;

        public string StatePolicy => Card.StatePolicy;

        public void Dispose()
        {
        }
    }
}
