using System.Security.Cryptography;
using System.Text.Json;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>
/// An engine whose pictures are a hash of everything that should decide them. Like a real one it makes one block at a time, the earliest
/// deadline first, and each takes <see cref="BlockTime"/> of the given clock.
/// </summary>
internal sealed class FakeEngine(TimeProvider time, string name = "fake-0") : IEngine
{
    public static readonly ModelCard Card = new()
    {
        Name = "fake-world",
        Fingerprint = "f00d",
        License = "none",
        PromptSemantics = PromptSemantics.Merge,
        Width = 16,
        Height = 4,
        FramesPerSecond = 16,
        FramesPerBlock = 8,
        Parameters = 1,
        Steps = 1,
        StatePolicy = "window(3)",
        DefaultPrompt = "meadow day",
        Suggestions = ["forest night"],
        Vocabulary = [new("biome", ["meadow", "forest", "desert"]), new("time", ["day", "night"])],
        Controls =
        [
            new() { Name = "time", Attribute = "time", Type = ControlType.Choice, Values = ["day", "night"], Default = "day" },
            new() { Name = "hour", Attribute = "time", Type = ControlType.Number, Minimum = 0, Maximum = 24, Unit = "h", Default = 12 },
            new() { Name = "speed", Attribute = "speed", Type = ControlType.Number, Minimum = 10, Maximum = 60, Unit = "px/s", Default = 30 },
            new() { Name = "direction", Attribute = "direction", Type = ControlType.Choice, Values = ["right", "left"], Default = "right" },
        ],
    };

    private readonly Lock _gate = new();
    private readonly List<Job> _waiting = [];
    private Job? _running;

    public string Name => name;

    public ModelCard Model { get; set; } = Card;

    public EngineFacts Facts { get; init; } = new("fake", "fake", "none", 1, "A test.", "fake");

    public int QueueLength
    {
        get { lock (_gate) return _waiting.Count + (_running is null ? 0 : 1); }
    }

    public double MeasuredBlocksPerSecond { get; set; } = 20;

    public TimeSpan BlockTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Every call that was made for a block, failed ones included.</summary>
    public List<(FakeStream Stream, long Block, BlockRequest Request)> Calls { get; } = [];

    public List<FakeStream> Streams { get; } = [];

    public int PromptsRead { get; private set; }

    /// <summary>Calls whose block was given back when its turn had come.</summary>
    public int GivenBack { get; private set; }

    /// <summary>Calls for a block that fail before one succeeds.</summary>
    public int FailuresToCome { get; set; }

    public Func<IVideoStream, bool> AlwaysFails { get; set; } = _ => false;

    public bool CannotRead { get; set; }

    /// <summary>Streams cannot be loaded, but all else works.</summary>
    public bool CannotLoad { get; set; }

    /// <summary>The block that is being made, or that begins now, is not finished until <see cref="GoOn"/>, whoever gives up; nothing else begins.</summary>
    public bool Hangs { get; set; }

    public int Saved { get; private set; }

    public int Loaded { get; private set; }

    public Task ReadGate { get; set; } = Task.CompletedTask;

    public async ValueTask<Prompt> ReadPromptAsync(
        Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (CannotRead) throw new IOException("the text encoder is gone");
        await ReadGate;
        lock (_gate) PromptsRead++;
        var meaning = (previous?.Meaning ?? Card.DefaultPrompt).Split(' ');
        var (understood, unknown) = (new List<string>(), new List<string>());
        foreach (var word in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = Card.Vocabulary.ToList().FindIndex(v => v.Values.Contains(word));
            if (at < 0)
            {
                unknown.Add(word);
                continue;
            }

            meaning[at] = word;
            understood.Add(word);
        }

        var inForce = (previous?.Controls ?? Card.Controls.ToDictionary(c => c.Name, c => c.Default)).ToDictionary();
        foreach (var (name, value) in controls ?? new Dictionary<string, ControlValue>())
        {
            inForce[name] = value;
            if (name == "time") meaning[1] = value.Word!;
            understood.Add($"{name} {value}");
        }

        var embedding = meaning.Select((word, i) => (float)Card.Vocabulary[i].Values.ToList().IndexOf(word)).ToArray();
        return new Prompt(text ?? string.Join(", ", understood), string.Join(' ', meaning), understood, unknown, embedding, 2) { Controls = inForce };
    }

    /// <summary>What it reads in every picture.</summary>
    public Dictionary<string, ControlValue> Sees { get; } = [];

    public List<byte[]> ImagesRead { get; } = [];

    public ValueTask<StartImage> ReadImageAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (rgb.Length != Model.Width * Model.Height * 3) throw new ArgumentException("The picture has another size.", nameof(rgb));
        lock (_gate) ImagesRead.Add(rgb.ToArray());
        return ValueTask.FromResult(new StartImage(rgb.ToArray().Select(value => (float)value).ToArray(), Sees));
    }

    public IVideoStream CreateStream(ulong seed, StartImage? start = null)
    {
        var stream = new FakeStream(seed, start);
        lock (_gate) Streams.Add(stream);
        return stream;
    }

    public ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation)
    {
        var job = new Job((FakeStream)stream, request);
        lock (_gate)
        {
            if (job.Stream.Disposed) throw new ObjectDisposedException(nameof(FakeStream));
            if (job.Stream.Busy) throw new InvalidOperationException("Two calls for one stream at once.");
            job.Stream.Busy = true;
            Calls.Add((job.Stream, job.Stream.NextBlock, request));
            _waiting.Add(job);
        }

        cancellation.UnsafeRegister(_ => GiveUp(job), null);
        StartNext();
        return new(job.Done.Task);
    }

    public ValueTask<SavedStream> SaveStreamAsync(IVideoStream stream, CancellationToken cancellation)
    {
        var own = (FakeStream)stream;
        if (own.Busy || own.Disposed) throw new InvalidOperationException("A stream was saved that does not rest.");
        Saved++;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new FakeSave(own.Seed, own.Start?.Latents.ToArray(), own.NextBlock, own.Past));
        return ValueTask.FromResult(new SavedStream(own.NextBlock, Model.Fingerprint, Facts.Fingerprint, bytes));
    }

    public ValueTask<IVideoStream> LoadStreamAsync(SavedStream saved, CancellationToken cancellation)
    {
        if (CannotLoad) throw new IOException("there is no memory left");
        Loaded++;
        var save = JsonSerializer.Deserialize<FakeSave>(saved.Bytes.Span)!;
        var stream = (FakeStream)CreateStream(save.Seed, save.Start is null ? null : new StartImage(save.Start, Sees));
        (stream.NextBlock, stream.Past) = (save.NextBlock, save.Past);
        return ValueTask.FromResult<IVideoStream>(stream);
    }

    /// <summary>What hung is finished after all, and what waited begins.</summary>
    public void GoOn()
    {
        Hangs = false;
        if (_running is { } late) Finish(late);
    }

    public ValueTask DisposeAsync() => default;

    private void StartNext()
    {
        Job job;
        lock (_gate)
        {
            if (_running is not null || _waiting.Count == 0) return;
            job = _running = _waiting.MinBy(j => j.Request.Deadline)!;
            _waiting.Remove(job);
        }

        if (job.Request.Begin?.Invoke() == false)
        {
            lock (_gate) (_running, job.Stream.Busy) = (null, false);
            GivenBack++;
            job.Done.TrySetCanceled();
            StartNext();
            return;
        }

        if (BlockTime == TimeSpan.Zero) Finish(job);
        else job.Timer = time.CreateTimer(_ => Finish(job), null, BlockTime, Timeout.InfiniteTimeSpan);
    }

    private void Finish(Job job)
    {
        if (Hangs) return;
        job.Timer?.Dispose();
        Exception? error = null;
        GeneratedBlock? block = null;
        lock (_gate)
        {
            _running = null;
            job.Stream.Busy = false;
            if (job.GivenUp) error = new OperationCanceledException();
            else if (AlwaysFails(job.Stream)) error = new IOException("the device is gone");
            else if (FailuresToCome > 0)
            {
                FailuresToCome--;
                error = new IOException("the device hiccuped");
            }
            else block = Make(job);
        }

        if (error is OperationCanceledException) job.Done.TrySetCanceled();
        else if (error is not null) job.Done.TrySetException(error);
        else job.Done.TrySetResult(block!);
        StartNext();
    }

    private GeneratedBlock Make(Job job)
    {
        var number = job.Stream.NextBlock++;
        var r = job.Request;
        var start = job.Stream.Start is { } image ? string.Join(' ', image.Latents.ToArray()) : "";
        var facts = $"{job.Stream.Seed} {start} {number} {r.Prompt.Meaning} {r.BlendFrom?.Meaning} {r.BlendWeight} {r.Recache} {r.Cut} {job.Stream.Past}";
        var hash = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(facts));
        job.Stream.Past = Convert.ToHexStringLower(hash);
        var frames = new byte[(number == 0 || r.Cut ? Model.FirstBlockFrames : Model.FramesPerBlock) * Model.PictureBytes];
        for (var i = 0; i < frames.Length; i++) frames[i] = hash[i % hash.Length];
        return new GeneratedBlock(number, frames, new BlockTimings(TimeSpan.Zero, BlockTime, TimeSpan.Zero, TimeSpan.Zero));
    }

    private void GiveUp(Job job)
    {
        lock (_gate)
        {
            if (job.Done.Task.IsCompleted || (Hangs && _running == job)) return;
            job.GivenUp = true;
            if (_waiting.Remove(job)) job.Stream.Busy = false;
        }

        if (_running == job) Finish(job);
        else job.Done.TrySetCanceled();
    }

    private sealed record FakeSave(ulong Seed, float[]? Start, long NextBlock, string Past);

    private sealed class Job(FakeStream stream, BlockRequest request)
    {
        public FakeStream Stream => stream;

        public BlockRequest Request => request;

        public TaskCompletionSource<GeneratedBlock> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITimer? Timer { get; set; }

        public bool GivenUp { get; set; }
    }
}
