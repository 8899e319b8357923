using System.Diagnostics;
using SanaLive.Sessions;

namespace SanaLive.ClusterBench;

/// <summary>What was seen of a stream that was moved while it was watched.</summary>
/// <param name="StateBytes">What has to be moved.</param>
/// <param name="MoveMilliseconds">From the command to its answer, of each move.</param>
/// <param name="LongestGap">Milliseconds between the arrivals of two blocks, while it was moved.</param>
/// <param name="Late">Blocks that arrived after they were due.</param>
/// <param name="FramesLost">Frames of blocks that never arrived.</param>
internal sealed record MovedStream(long StateBytes, IReadOnlyList<double> MoveMilliseconds, double LongestGap, int Late, long FramesLost)
{
    /// <summary>Blocks between two moves.</summary>
    private const int Between = 4;

    public static async Task<MovedStream> RunAsync(ISessionHost host, IReadOnlyList<string> engines, int moves)
    {
        var id = (await host.CreateAsync(new CreateSession("a red train in a green meadow", 11), default)).Id;
        await using var blocks = host.WatchAsync(id, 0, default).GetAsyncEnumerator();
        var (commands, gap, late, lost, next) = (new List<double>(), 0.0, 0, 0L, 0L);
        var last = 0L;
        for (var i = 0; i < moves; i++)
        {
            // The first blocks of a stream have no lead yet.
            await SeeAsync(i == 0 ? 2 * Between : Between, counts: i > 0);
            var here = (await host.GetAsync(id, default)).Engine;
            var moving = MoveAsync(engines.First(engine => engine != here));
            await SeeAsync(Between, counts: true);
            commands.Add(await moving);
        }

        var view = await host.GetAsync(id, default);
        await host.CloseAsync(id, default);
        return new MovedStream(view.StateBytes, commands, gap, late, lost);

        async Task<double> MoveAsync(string engine)
        {
            var began = Stopwatch.GetTimestamp();
            await host.MoveAsync(id, engine, default);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        async Task SeeAsync(int count, bool counts)
        {
            for (var i = 0; i < count && await blocks.MoveNextAsync(); i++)
            {
                var block = blocks.Current;
                if (counts)
                {
                    if (last > 0) gap = Math.Max(gap, Stopwatch.GetElapsedTime(last).TotalMilliseconds);
                    if (DateTimeOffset.UtcNow > block.DueAt) late++;
                }

                lost += (block.Number - next) * block.Frames.Count;
                (next, last) = (block.Number + 1, Stopwatch.GetTimestamp());
            }
        }
    }
}
