using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Tests.Durability;

public sealed class FileSessionStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"sanalive-store-{Guid.NewGuid():N}");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Open_OfAKeptSession_GivesItsJournalAndSnapshotsAtTheNextEpoch()
    {
        SnapshotName name;
        await using (var store = new FileSessionStore(_folder))
        {
            var first = await store.CreateAsync(Kept.Id, default);
            await first.RewriteAsync([.. Kept.Records().Take(1)]);
            await first.AppendAsync([.. Kept.Records().Skip(1).Take(2)], flush: true);
            await first.AppendAsync([.. Kept.Records().Skip(3)], flush: false);
            name = await first.SaveAsync(Kept.Snapshot());
            await first.DisposeAsync();
        }

        await using var again = new FileSessionStore(_folder);
        Assert.Equal([Kept.Id], await again.ListAsync(default));
        var second = await again.OpenAsync(Kept.Id, default);
        var (records, damage) = await second.ReadJournalAsync(default);
        Assert.Null(damage);
        Assert.Equal(2, second.Epoch);
        Assert.Equal(Kept.Text(Kept.Records()), Kept.Text(records));
        Assert.Equal(Kept.Text(Kept.Snapshot()), Kept.Text(await second.LoadAsync(name, default)));
    }

    [Fact]
    public async Task Journal_ThatGrowsOverManyChunks_IsWhole()
    {
        await using var store = new FileSessionStore(_folder);
        var session = await store.CreateAsync(Kept.Id, default);
        await session.RewriteAsync([new(0, new JournalEntry.Begun(Kept.Facts))]);
        List<JournalRecord> all = [new(0, new JournalEntry.Begun(Kept.Facts))];
        for (var batch = 0; batch < 60; batch++)
        {
            var records = Enumerable.Range(all.Count, 37).Select(number => new JournalRecord(number, new JournalEntry.Shown(number, new string('x', number % 97)))).ToList();
            all.AddRange(records);
            await session.AppendAsync(records, flush: false);
        }

        var (read, damage) = await (await store.OpenAsync(Kept.Id, default)).ReadJournalAsync(default);
        Assert.Null(damage);
        Assert.Equal(Kept.Text(all), Kept.Text(read));
        Assert.Equal(0, new FileInfo(Path.Combine(_folder, "sessions", Kept.Id, "journal.1")).Length % JournalFormat.Chunk);
    }

    [Fact]
    public async Task OlderOwner_EveryWriteIsRefused()
    {
        await using var store = new FileSessionStore(_folder);
        var old = await store.CreateAsync(Kept.Id, default);
        await old.RewriteAsync(Kept.Records());
        var name = await old.SaveAsync(Kept.Snapshot());
        var owner = await store.OpenAsync(Kept.Id, default);
        var before = Files();
        await Assert.ThrowsAsync<FencedException>(() => old.AppendAsync([new(99, new JournalEntry.Paused(false))], flush: true));
        await Assert.ThrowsAsync<FencedException>(() => old.RewriteAsync(Kept.Records()));
        await Assert.ThrowsAsync<FencedException>(() => old.SaveAsync(Kept.Snapshot(50)));
        await Assert.ThrowsAsync<FencedException>(() => old.PruneAsync([]));
        await Assert.ThrowsAsync<FencedException>(() => old.DeleteAsync());
        Assert.Equal(before, Files());
        await owner.RewriteAsync(Kept.Records());
        Assert.Equal(42, (await owner.LoadAsync(name, default)).Block);
    }

    [Fact]
    public async Task Journal_WhileASnapshotIsBeingWritten_DoesNotWaitForIt()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var store = new FileSessionStore(_folder);
        var session = await store.CreateAsync(Kept.Id, default);
        await session.RewriteAsync(Kept.Records());
        var name = await session.SaveAsync(Kept.Snapshot());
        await session.PruneAsync([]);
        // A disk that takes its time: a pipe that nobody reads yet, in the place that the same snapshot is written to.
        var pipe = Path.Combine(_folder, "sessions", Kept.Id, name.File + ".tmp");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync();
        var saving = session.SaveAsync(Kept.Snapshot());

        await session.AppendAsync([new(Kept.Records()[^1].Sequence + 1, new JournalEntry.Paused(false))], flush: true).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(saving.IsCompleted);

        // By another program: a FileStream would lock the pipe, and now and then be before the writer with it.
        using (var reader = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [pipe]) { RedirectStandardOutput = true })!)
        {
            var read = new byte[name.Bytes];
            await reader.StandardOutput.BaseStream.ReadExactlyAsync(read);
            Assert.Equal(Kept.Text(Kept.Snapshot()), Kept.Text(SnapshotFile.Read(read, name)));
        }

        // A pipe cannot be flushed to a disk on every system: whether it was put in its place says nothing about files.
        await saving.ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ManyOwnersAtOnce_OneWritesAndNothingIsTorn()
    {
        await using var store = new FileSessionStore(_folder);
        await (await store.CreateAsync(Kept.Id, default)).RewriteAsync(Kept.Records());
        var owners = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => store.OpenAsync(Kept.Id, default)));
        Assert.Equal(Enumerable.Range(2, 12).Select(epoch => (long)epoch), owners.Select(owner => owner.Epoch).Order());
        var outcomes = await Task.WhenAll(owners.Select(async owner =>
        {
            try
            {
                await owner.RewriteAsync(Kept.Records((int)owner.Epoch));
                return true;
            }
            catch (FencedException)
            {
                return false;
            }
        }));
        Assert.Equal([13L], owners.Zip(outcomes).Where(one => one.Second).Select(one => one.First.Epoch));
        var (read, damage) = await (await store.OpenAsync(Kept.Id, default)).ReadJournalAsync(default);
        Assert.Null(damage);
        Assert.Equal(Kept.Text(Kept.Records(13)), Kept.Text(read));
    }

    [Fact]
    public async Task Snapshot_ThatIsMissingCutOrAnother_IsRefusedWithASentence()
    {
        await using var store = new FileSessionStore(_folder);
        var session = await store.CreateAsync(Kept.Id, default);
        var (one, two) = (await session.SaveAsync(Kept.Snapshot(1)), await session.SaveAsync(Kept.Snapshot(2)));
        var (pathOne, pathTwo) = (PathOf(one), PathOf(two));
        File.Copy(pathTwo, pathOne, overwrite: true);
        Assert.Contains("another snapshot", (await Assert.ThrowsAsync<StoreException>(() => session.LoadAsync(one, default))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(pathTwo, File.ReadAllBytes(pathTwo)[..^1]);
        Assert.Contains("cut short", (await Assert.ThrowsAsync<StoreException>(() => session.LoadAsync(two, default))).Message, StringComparison.Ordinal);
        File.Delete(pathTwo);
        Assert.Contains("not there", (await Assert.ThrowsAsync<StoreException>(() => session.LoadAsync(two, default))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreException>(() => session.LoadAsync(two with { File = "../../lock" }, default));
    }

    [Fact]
    public async Task Prune_LeavesWhatIsNamedAndTheJournal()
    {
        await using var store = new FileSessionStore(_folder);
        var session = await store.CreateAsync(Kept.Id, default);
        await session.RewriteAsync(Kept.Records());
        var names = new List<SnapshotName>();
        for (var block = 1; block <= 4; block++) names.Add(await session.SaveAsync(Kept.Snapshot(block)));
        File.WriteAllText(PathOf(names[0]) + ".tmp", "left by a crash");
        await session.PruneAsync([names[2], names[3]]);
        Assert.Equal(["claim.1", "journal.1", names[2].File, names[3].File], Files().Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).OrderBy(file => char.IsDigit(file[0])));
    }

    [Fact]
    public async Task Delete_LeavesNothing()
    {
        await using var store = new FileSessionStore(_folder);
        var session = await store.CreateAsync(Kept.Id, default);
        await session.RewriteAsync(Kept.Records());
        await session.DeleteAsync();
        Assert.Empty(await store.ListAsync(default));
        Assert.Equal([Path.Combine(_folder, "lock")], Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
        await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(Kept.Id, default));
    }

    [Fact]
    public async Task Folder_InUse_IsRefusedWithASentence()
    {
        await using var store = new FileSessionStore(_folder);
        Assert.Contains("Another server", Assert.Throws<IOException>(() => new FileSessionStore(_folder)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public async Task Create_WithAnIdThatIsNone_IsRefused(string id)
    {
        await using var store = new FileSessionStore(_folder);
        await Assert.ThrowsAsync<ArgumentException>(() => store.CreateAsync(id, default));
    }

    private string PathOf(SnapshotName name) => Path.Combine(_folder, "sessions", Kept.Id, name.File);

    private IReadOnlyList<string> Files() => [.. Directory.GetFiles(Path.Combine(_folder, "sessions", Kept.Id)).Order(StringComparer.Ordinal)];
}
