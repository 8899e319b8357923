using SanaLive.Models;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;

// ./sanalive models: the published checkpoints on this machine.
using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    return new ModelsCommand(ModelRegistry.OfUser, Console.Out, Console.Error, TimeProvider.System).Run(args, interrupted.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("models: interrupted; nothing was changed.");
    return 130;
}
catch (Exception error) when (error is CheckpointException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"models: {error.Message}");
    return 1;
}
