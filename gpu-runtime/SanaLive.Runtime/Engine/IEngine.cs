namespace SanaLive.Runtime.Engine;

/// <summary>
/// The part that owns one device and generates blocks for many streams on it. All work runs on the engine's own
/// threads, one request at a time; waiting requests are taken by deadline, the stream that would stall first first.
/// </summary>
public interface IEngine : IAsyncDisposable
{
    /// <summary>The engine's name within this process, for example <c>cpu-0</c>.</summary>
    string Name { get; }

    /// <summary>The model this engine runs.</summary>
    ModelCard Model { get; }

    /// <summary>Device, kernels and precision, as shown to operators and recorded in snapshots.</summary>
    EngineFacts Facts { get; }

    /// <summary>Requests waiting or running now.</summary>
    int QueueLength { get; }

    /// <summary>
    /// Blocks per second that this engine makes for one stream, measured at start with the model's own shapes;
    /// admission is decided by it.
    /// </summary>
    double MeasuredBlocksPerSecond { get; }

    /// <summary>
    /// Reads a prompt. For a <see cref="PromptSemantics.Merge"/> model what <paramref name="text"/> does not name
    /// stays as in <paramref name="previous"/>.
    /// </summary>
    /// <param name="previous">The prompt in force before, or null at the beginning of a stream.</param>
    /// <param name="text">The words of the viewer.</param>
    /// <param name="cancellation">Gives up waiting for the device.</param>
    ValueTask<Prompt> ReadPromptAsync(Prompt? previous, string text, CancellationToken cancellation);

    /// <summary>A new stream at block 0.</summary>
    /// <param name="seed">Together with prompts and block numbers it decides every pixel.</param>
    IVideoStream CreateStream(ulong seed);

    /// <summary>
    /// Makes the stream's next block and advances its state. Only one call per stream may be under way.
    /// A cancelled or failed call leaves the stream as it was before the call.
    /// </summary>
    ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation);
}
