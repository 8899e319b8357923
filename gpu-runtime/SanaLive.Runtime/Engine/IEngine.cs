namespace SanaLive.Runtime.Engine;

/// <summary>
/// The part that owns one device and generates blocks for many streams on it. All work runs on the engine's own
/// threads, one request at a time; waiting requests are taken by deadline, the stream that would stall first first. A block under way
/// gives way between two steps to what is more urgent.
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
    /// Blocks per second that this engine makes for one stream: measured at start with the model's own shapes, and ever after by the blocks
    /// of its streams; admission is decided by it.
    /// </summary>
    double MeasuredBlocksPerSecond { get; }

    /// <summary>
    /// Reads a prompt. For a <see cref="PromptSemantics.Merge"/> model what neither <paramref name="text"/> nor
    /// <paramref name="controls"/> name stays as in <paramref name="previous"/>; what both name is as the control says.
    /// </summary>
    /// <param name="previous">The prompt in force before, or null at the beginning of a stream.</param>
    /// <param name="text">The words of the viewer; null when there are controls alone.</param>
    /// <param name="controls">Controls of the model's card by name; null or empty for none.</param>
    /// <param name="cancellation">Gives up waiting for the device.</param>
    /// <exception cref="ArgumentException">The model has no such controls (<see cref="ModelCard.ProblemWith"/>).</exception>
    ValueTask<Prompt> ReadPromptAsync(
        Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation);

    /// <summary>What lies between two prompts on the way of a blend: as the model was trained to see it, else a straight line. Asks no device.</summary>
    /// <param name="from">At weight 0.</param>
    /// <param name="to">At weight 1.</param>
    /// <param name="weight">0 to 1.</param>
    Prompt Blend(Prompt from, Prompt to, float weight) => Prompt.Mix(from, to, weight);

    /// <summary>Encodes a picture that a stream can begin with.</summary>
    /// <param name="rgb">Shape [height, width, 3], one byte per channel, of the model's own size.</param>
    /// <param name="cancellation">Gives up waiting for the device.</param>
    /// <exception cref="ArgumentException">The picture has another size.</exception>
    ValueTask<StartImage> ReadImageAsync(ReadOnlyMemory<byte> rgb, CancellationToken cancellation);

    /// <summary>A new stream at block 0.</summary>
    /// <param name="seed">Together with the start image, prompts and block numbers it decides every pixel.</param>
    /// <param name="start">Stands still for the first latent frame, and the stream goes on from it; null begins with noise.</param>
    /// <exception cref="ArgumentException">The start image was read by another model.</exception>
    IVideoStream CreateStream(ulong seed, StartImage? start = null);

    /// <summary>
    /// Makes the stream's next block and advances its state. Only one call per stream may be under way.
    /// A cancelled or failed call leaves the stream as it was before the call; so does one that <see cref="BlockRequest.Begin"/> gave back,
    /// which ends like a cancelled one.
    /// </summary>
    ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation);

    /// <summary>The stream as a value; it goes on undisturbed. Not while a block of it is under way.</summary>
    ValueTask<SavedStream> SaveStreamAsync(IVideoStream stream, CancellationToken cancellation);

    /// <summary>
    /// A new stream that goes on where the saved one stood: on an engine of the same fingerprint with the same blocks, bit for bit; on
    /// another one of the same model with the same scene.
    /// </summary>
    /// <exception cref="State.StateException">Saved by another model or another version of this program, or damaged.</exception>
    ValueTask<IVideoStream> LoadStreamAsync(SavedStream saved, CancellationToken cancellation);
}
