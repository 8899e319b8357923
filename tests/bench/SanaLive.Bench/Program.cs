using SanaLive.Bench;

// ./sanalive bench NAME [arguments]: every benchmark prints a table for people and one last line of JSON for programs.
var benches = new SortedDictionary<string, Func<string[], int>>(StringComparer.Ordinal)
{
    ["checkpoint"] = CheckpointBench.Run,
    ["engine"] = EngineBench.Run,
    ["kernels"] = KernelsBench.Run,
    ["move"] = MoveBench.Run,
    ["precision"] = PrecisionBench.Run,
    ["reference"] = ReferenceBench.Run,
    ["scheduling"] = SchedulingBench.Run,
    ["start"] = StartBench.Run,
    ["state"] = StateBench.Run,
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    Console.Error.WriteLine($"Usage: bench NAME [arguments]; the names are {string.Join(", ", benches.Keys)}.");
    return 2;
}

return bench(args[1..]);
