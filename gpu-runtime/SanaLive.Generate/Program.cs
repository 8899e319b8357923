using SanaLive.Generate;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

// ./sanalive generate: one clip, as fast as the machine makes it, written to a video file.
if (args.Length == 0 || args.Contains("--help"))
{
    Console.WriteLine(GenerateOptions.Usage);
    return args.Length == 0 ? 2 : 0;
}

using var interrupted = new CancellationTokenSource();
using var pressedAgain = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    (interrupted.IsCancellationRequested ? pressedAgain : interrupted).Cancel();
};

try
{
    var options = GenerateOptions.Parse(args);
    options = options with { Model = options.Model is { } named ? ModelRegistry.OfUser.Resolve(named) : null };
    var folder = options.Model is { } path && PublishedFolder.IsPublished(path) ? PublishedFolder.Recognise(path) : null;
    if (folder is not { Kind: PublishedKind.Clip })
        return await StreamMaker.RunAsync(options, MachineMemory.Available, Console.Error, interrupted.Token);
    using var kernels = new CpuKernelSet(options.Threads);
    var clip = new ClipMaker(
        kernels, new PublishedClipParts(folder, kernels, options.Precision), picture => PublishedSizes.Nearest(folder.Vae, picture),
        [PublishedSizes.Default(folder.Vae), .. PublishedSizes.Of(folder.Vae)], MachineMemory.Available, Console.Error, TimeProvider.System);
    return await clip.RunAsync(options, interrupted.Token, pressedAgain.Token);
}
catch (Exception error) when (error is FormatException or CheckpointException or IOException or InvalidOperationException or NotSupportedException or ArgumentException or InsufficientMemoryException)
{
    Console.Error.WriteLine($"generate: {error.Message}");
    return 1;
}
