using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Engine;

/// <summary>An engine on the processor: one model, one thread that makes blocks, more threads under its kernels.</summary>
public sealed class CpuEngine : IEngine
{
    private static readonly TimeSpan ImagePatience = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider clock;
    private readonly EngineQueue queue;
    private readonly Thread thread;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KernelSet kernels;
    private readonly VideoModel model;

    // One for each block that is under way: the one that is made, and those that gave way to it.
    private readonly Stack<BlockGenerator> idle = new();
    private readonly Func<DateTimeOffset, TimeSpan> giveWay;
    private readonly EngineSpeed speed = new();
    private int running;
    private int stopping;

    private CpuEngine(CpuEngineOptions options, TimeProvider clock, CpuKernelSet kernels, VideoModel model)
    {
        this.clock = clock;
        this.kernels = kernels;
        this.model = model;
        Name = options.Name;
        using (var empty = new VideoStream(model, seed: 0)) Model = model.Card with { StateBytes = empty.StateBytes };
        giveWay = RunMoreUrgent;
        idle.Push(new BlockGenerator(model, clock, giveWay));
        queue = new EngineQueue(options.QueueCapacity);
        Facts = Describe(kernels, model, chosen: options.Precision is not null);
        thread = new Thread(Work) { IsBackground = true, Name = $"engine {options.Name}" };
        thread.Start();
    }

    public string Name { get; }

    public ModelCard Model { get; }

    public EngineFacts Facts { get; }

    public int QueueLength => queue.Count + Volatile.Read(ref running);

    public double MeasuredBlocksPerSecond => speed.BlocksPerSecond;

    /// <summary>Loads a model folder, warms up and measures; takes about a second.</summary>
    /// <exception cref="CheckpointException">The folder holds no model that this engine runs.</exception>
    /// <exception cref="InsufficientMemoryException">One stream of it needs more memory than is free; the message has the numbers.</exception>
    public static CpuEngine Load(string folder, CpuEngineOptions? options = null, TimeProvider? clock = null)
    {
        options ??= new CpuEngineOptions();
        var kernels = new CpuKernelSet(options.Threads, options.InstructionSet);
        VideoModel model;
        try
        {
            RequireMemory(folder, kernels, options);
            model = VideoModel.Load(folder, kernels, options.Precision, options.Size);
        }
        catch
        {
            kernels.Dispose();
            throw;
        }

        var engine = new CpuEngine(options, clock ?? TimeProvider.System, kernels, model);
        try
        {
            engine.WarmUp(options.WarmUpBlocks);
            return engine;
        }
        catch
        {
            engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    public ValueTask<Prompt> ReadPromptAsync(
        Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        if (Model.ProblemWith(controls) is { } problem)
            throw new ArgumentException(problem, nameof(controls));

        // A prompt takes a millisecond or two and somebody waits for its receipt: it goes before all blocks.
        return Submit(() => model.Prompts.Read(previous, text, controls), DateTimeOffset.MinValue, cancellation);
    }

    public Prompt Blend(Prompt from, Prompt to, float weight) => model.Prompts.Blend(from, to, weight);

    public ValueTask<StartImage> ReadImageAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellation) =>
        // About a tenth of a block: it goes before blocks that have time, not before one that would stall its stream.
        Submit(() => model.ReadImage(rgb.Span), clock.GetUtcNow() + ImagePatience, cancellation);

    public IVideoStream CreateStream(ulong seed, StartImage? start = null) => new VideoStream(model, seed, start);

    public async ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation)
    {
        var own = stream as VideoStream ?? throw new ArgumentException($"A {stream.GetType().Name} is no stream of this engine.", nameof(stream));
        if (request.BlendWeight is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(request), request.BlendWeight, "A blend's weight lies between 0 and 1.");
        if (request.Prompt.Embedding.Length != request.Prompt.Tokens * model.Transformer.Config.CaptionChannels)
            throw new ArgumentException("The prompt was read by another model.", nameof(request));
        var queued = clock.GetTimestamp();
        own.Enter();
        try
        {
            return await Submit(() => Generate(own, request, queued, cancellation), request.Deadline, cancellation);
        }
        finally
        {
            own.Leave();
        }
    }

    public ValueTask<SavedStream> SaveStreamAsync(IVideoStream stream, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var own = stream as VideoStream ?? throw new ArgumentException($"A {stream.GetType().Name} is no stream of this engine.", nameof(stream));
        own.Enter();
        try
        {
            // A copy of memory that nobody else touches now: blocks of other streams need not wait for it, nor it for them.
            return new(new SavedStream(own.NextBlock, Model.Fingerprint, Facts.Fingerprint, StreamFile.Save(own, model)));
        }
        finally
        {
            own.Leave();
        }
    }

    public async ValueTask<IVideoStream> LoadStreamAsync(SavedStream saved, CancellationToken cancellation) =>
        await Submit(() => StreamFile.Load(saved.Bytes, model), DateTimeOffset.MinValue, cancellation);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref stopping, 1) == 0)
        {
            foreach (var job in queue.Close())
                job.Refuse(new ObjectDisposedException(Name, "The engine has stopped."));
        }

        await stopped.Task;
    }

    private static void RequireMemory(string folder, KernelSet kernels, CpuEngineOptions options)
    {
        if (!PublishedFolder.IsPublished(folder) || PublishedFolder.Recognise(folder) is not { Kind: PublishedKind.LongSana } published)
            return;
        if (StreamNeed.Of(published, kernels, options.Size, options.Precision).ProblemWith(options.AvailableMemory()) is { } problem)
            throw new InsufficientMemoryException(problem);
    }

    private static EngineFacts Describe(CpuKernelSet kernels, VideoModel model, bool chosen)
    {
        var name = model.Precision.ToString().ToLowerInvariant();
        var linears = (model.Precision, kernels.FastInt8) switch
        {
            (Precision.Fp32, false) when !chosen && model.Index.Precision != Precision.Fp32 => " The transformer's linears are fp32: without AVX-VNNI int8, the model's choice, would be slower.",
            (Precision.Fp32, _) => string.Empty,
            (Precision.Bf16, _) => " The transformer's weights are kept in 16 bits; products and sums have 32.",
            (_, true) when !chosen => " The transformer's linears are 8-bit products of AVX-VNNI: the judge sees no difference to fp32 in this model's pictures, and they are faster.",
            (_, true) => " The transformer's linears are 8-bit products of AVX-VNNI.",
            _ => " The transformer's linears are 8-bit products; without AVX-VNNI they are right, to the bit, but slower than fp32: --precision fp32 is the better choice here.",
        };
        return new EngineFacts(
            "cpu", kernels.Name, name, kernels.Threads,
            $"The embedded engine computes on the processor; {kernels.Name["cpu/".Length..]} are the vectors in use, {kernels.Threads} threads.{linears}",
            $"{model.Card.Fingerprint[..16]}/{kernels.Name}/{name}");
    }

    private GeneratedBlock Generate(VideoStream stream, BlockRequest request, long queued, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (request.Begin?.Invoke() == false)
            throw new OperationCanceledException("The request was given back when its turn had come.");
        var waited = clock.GetElapsedTime(queued);
        var generator = idle.TryPop(out var spare) ? spare : new BlockGenerator(model, clock, giveWay);
        try
        {
            var frames = request.Decode ? GC.AllocateUninitializedArray<byte>(generator.BytesOf(stream, request)) : [];
            var number = stream.NextBlock;
            var timings = generator.Generate(stream, request, frames, cancellation);
            if (number > 0 && request is { Recache: false, Cut: false, Decode: true })
                speed.Add(timings.Compute);
            return new GeneratedBlock(number, frames, timings with { Queued = waited + timings.Queued });
        }
        finally
        {
            idle.Push(generator);
        }
    }

    /// <summary>
    /// What a block does between two passes: whatever would be late before it goes first. So a long block (a new scene, a new session)
    /// holds up nobody for longer than a pass, and a cue is read at once.
    /// </summary>
    /// <param name="deadline">Of the block that gives way.</param>
    /// <returns>Time that this took.</returns>
    private TimeSpan RunMoreUrgent(DateTimeOffset deadline)
    {
        if (queue.TakeBefore(deadline) is not { } job)
            return TimeSpan.Zero;
        var began = clock.GetTimestamp();
        do Run(job);
        while ((job = queue.TakeBefore(deadline)) is not null);
        return clock.GetElapsedTime(began);
    }

    private void Run(EngineJob job)
    {
        Volatile.Write(ref running, running + 1);
        job.Run();
        Volatile.Write(ref running, running - 1);
    }

    private async ValueTask<T> Submit<T>(Func<T> function, DateTimeOffset deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var job = new FunctionJob<T>(function, cancellation);
        queue.Add(job, deadline);
        return await job.Result;
    }

    private void WarmUp(int blocks)
    {
        var job = new FunctionJob<double>(() => Measure(blocks), CancellationToken.None);
        queue.Add(job, DateTimeOffset.MinValue);
        job.Result.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Some blocks, after one in a single step to warm up (kernels are compiled once and for all at their first call). Few are enough for the
    /// beginning: every block that is made later is a measurement, too.
    /// </summary>
    private double Measure(int blocks)
    {
        using var stream = new VideoStream(model, 0);
        var generator = idle.Peek();
        var prompt = model.Prompts.Read(null, model.Prompts.DefaultPrompt);
        var request = new BlockRequest(prompt, DateTimeOffset.MinValue);
        generator.Generate(stream, request, new byte[generator.BytesOf(stream, request)], CancellationToken.None, model.Index.Plan.Of(steps: 1));
        var frames = new byte[generator.BytesOf(stream, request)];
        for (var i = 0; i < blocks; i++)
            speed.Add(generator.Generate(stream, request, frames, CancellationToken.None).Compute);
        return speed.BlocksPerSecond;
    }

    private void Work()
    {
        try
        {
            while (queue.Take() is { } job)
                Run(job);
        }
        finally
        {
            foreach (var generator in idle)
                generator.Dispose();
            model.Dispose();
            kernels.Dispose();
            stopped.SetResult();
        }
    }
}
