using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>The file store on a real disk of one megabyte.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sanalive-small-disk").FullName;
    private bool _mounted;

    public void Dispose()
    {
        if (_mounted) SmallDiskFactAttribute.Run("umount", "-l", _folder);
        Directory.Delete(_folder, recursive: true);
    }

    [SmallDiskFact]
    public async Task Disk_FullAndFreeAgain_NothingThatWasKeptIsHarmed()
    {
        _mounted = SmallDiskFactAttribute.Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _folder) == 0;
        Assert.True(_mounted);
        await using var store = new FileSessionStore(Path.Combine(_folder, "data"));
        var session = await store.CreateAsync(Kept.Id, default);
        await session.RewriteAsync(Kept.Records());
        var name = await session.SaveAsync(Kept.Snapshot(bytes: 200_000));
        await Assert.ThrowsAsync<IOException>(() => session.SaveAsync(Kept.Snapshot(50, bytes: 2_000_000)));
        File.WriteAllBytes(Path.Combine(_folder, "ballast"), new byte[400_000]);

        // The journal grows until a write fails in the middle of it.
        var number = Kept.Records().Count;
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (; number < 100_000; number++)
                await session.AppendAsync([new(number, new JournalEntry.Shown(number, new string('x', 20_000)))], flush: true);
        });
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.True(number > Kept.Records().Count);
        await Assert.ThrowsAsync<IOException>(() => session.AppendAsync([new(number, new JournalEntry.Paused(true))], flush: true));

        // What was there before is there, up to the write that failed; a new owner sees that.
        var (records, _) = await session.ReadJournalAsync(default);
        Assert.Equal(number, records.Count);
        Assert.Equal(42, (await session.LoadAsync(name, default)).Block);

        File.Delete(Path.Combine(_folder, "ballast"));
        await session.RewriteAsync(Kept.Records());
        await session.AppendAsync([new(Kept.Records().Count, new JournalEntry.Paused(true))], flush: true);
        await session.PruneAsync([name]);
        var (again, damage) = await session.ReadJournalAsync(default);
        Assert.Null(damage);
        Assert.Equal(Kept.Records().Count + 1, again.Count);
        Assert.Equal(42, (await session.LoadAsync(name, default)).Block);
    }
}
