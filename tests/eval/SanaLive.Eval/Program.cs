using SanaLive.Eval;
using SanaLive.Eval.Inputs;
using SanaLive.Runtime.Checkpoints;

// ./sanalive eval: how good the embedded model is, as a table for people and a last line of JSON for programs.
if (args.Contains("--help"))
{
    Console.WriteLine(EvalOptions.Usage);
    return 0;
}

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    interrupted.Cancel();
};

try
{
    await Evaluation.RunAsync(EvalOptions.Parse(args), Console.Out, Console.Error, interrupted.Token);
    return 0;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("eval: interrupted; the same command goes on from here.");
    return 130;
}
catch (Exception error) when (error is EvalException or FormatException or CheckpointException or IOException)
{
    Console.Error.WriteLine($"eval: {error.Message}");
    return 1;
}
