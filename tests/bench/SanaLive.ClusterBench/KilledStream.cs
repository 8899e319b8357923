using System.Diagnostics;
using SanaLive.Cluster.Tests.Processes;
using SanaLive.Sessions;

namespace SanaLive.ClusterBench;

/// <summary>What was seen of a stream whose silo was killed.</summary>
/// <param name="Milliseconds">From the signal to the first block that another silo made.</param>
/// <param name="FramesLost">Frames that never arrived, or are not those of a stream that was not disturbed.</param>
internal sealed record KilledStream(double Milliseconds, long FramesLost)
{
    public static async Task<KilledStream> RunAsync(ClusterProcesses cluster)
    {
        var request = new CreateSession("a red train in a green meadow", 12);
        var id = (await cluster.Host.CreateAsync(request, default)).Id;
        await using var blocks = cluster.Host.WatchAsync(id, 0, default).GetAsyncEnumerator();
        var hashes = new Dictionary<long, (string Hash, int Frames)>();
        while (hashes.Count < 8) await SeeAsync();
        var epoch = blocks.Current.Epoch;
        var began = Stopwatch.GetTimestamp();
        await cluster.SignalAsync(await cluster.SiloOfAsync(id), "-KILL");
        while (blocks.Current.Epoch == epoch) await SeeAsync();
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        for (var i = 0; i < 8; i++) await SeeAsync();
        await cluster.Host.CloseAsync(id, default);

        var again = (await cluster.Host.CreateAsync(request, default)).Id;
        var lost = 0L;
        await foreach (var block in cluster.Host.WatchAsync(again, 0, default))
        {
            if (!hashes.TryGetValue(block.Number, out var seen) || seen.Hash != block.FrameHash) lost += block.Frames.Count;
            if (block.Number == hashes.Keys.Max()) break;
        }

        await cluster.Host.CloseAsync(again, default);
        return new KilledStream(took, lost);

        async Task SeeAsync()
        {
            await blocks.MoveNextAsync();
            hashes[blocks.Current.Number] = (blocks.Current.FrameHash, blocks.Current.Frames.Count);
        }
    }
}
