using SanaLive.Generate;
using SanaLive.Runtime.Checkpoints;

// ./sanalive generate: one stream, as fast as the machine makes it, written to a video file.
if (args.Length == 0 || args.Contains("--help"))
{
    Console.WriteLine(GenerateOptions.Usage);
    return args.Length == 0 ? 2 : 0;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    return await ClipMaker.RunAsync(GenerateOptions.Parse(args), Console.Error, interrupted.Token);
}
catch (Exception error) when (error is FormatException or CheckpointException or IOException or InvalidOperationException or NotSupportedException or ArgumentException)
{
    Console.Error.WriteLine($"generate: {error.Message}");
    return 1;
}
