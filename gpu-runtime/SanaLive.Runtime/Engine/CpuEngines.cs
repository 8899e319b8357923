using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Engine;

/// <summary>Several engines in one process, which share its threads.</summary>
public static class CpuEngines
{
    /// <summary>
    /// One after the other, because each measures its speed. Every engine has threads of its own: if all used all of them, each would be
    /// measured alone and be slower in company, and admission would promise places that are not there.
    /// </summary>
    /// <param name="model">Folder, or file, of the model.</param>
    /// <param name="count">Engines, 1 or more.</param>
    /// <param name="threads">Of all together.</param>
    /// <param name="options">Of an engine, by its number and its threads.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loaded">Told of each engine and its threads.</param>
    /// <exception cref="CheckpointException">There is no model, or it is damaged.</exception>
    public static IReadOnlyList<IEngine> Load(
        string model, int count, int threads, Func<int, int, CpuEngineOptions> options, TimeProvider time, Action<IEngine, int>? loaded = null)
    {
        if (!Directory.Exists(model) && !File.Exists(model)) throw new CheckpointException($"There is no folder {model}, and no model of that name was added. Name the model's folder with --model.");
        var engines = new List<IEngine>();
        for (var i = 0; i < count; i++)
        {
            var own = ThreadsOf(i, count, threads);
            var engine = CpuEngine.Load(model, options(i, own), time);
            engines.Add(engine);
            loaded?.Invoke(engine, own);
        }

        return engines;
    }

    /// <summary>Threads are split as evenly as they go; the first engines get what is left over.</summary>
    public static int ThreadsOf(int engine, int engines, int threads) => Math.Max(1, threads / engines + (engine < threads % engines ? 1 : 0));
}
