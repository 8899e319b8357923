using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Durability;

public sealed class PostgresSessionStoreTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"sanalive-snapshots-{Guid.NewGuid():N}");
    private readonly string _id = $"Session-{Guid.NewGuid():N}"[..22];

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [PostgresFact]
    public async Task Open_OfAKeptSession_GivesItsJournalAndSnapshotsAtTheNextEpoch()
    {
        SnapshotName name;
        await using (var store = await OpenAsync())
        {
            var first = await store.CreateAsync(_id, default);
            await first.RewriteAsync([.. Kept.Records().Take(1)]);
            await first.AppendAsync([.. Kept.Records().Skip(1).Take(2)], flush: true);
            await first.AppendAsync([], flush: true);
            await first.AppendAsync([.. Kept.Records().Skip(3)], flush: false);
            name = await first.SaveAsync(Kept.Snapshot());
        }

        await using var again = await OpenAsync();
        Assert.Contains(_id, await again.ListAsync(default));
        var second = await again.OpenAsync(_id, default);
        var (records, damage) = await second.ReadJournalAsync(default);
        Assert.Null(damage);
        Assert.Equal(2, second.Epoch);
        Assert.Equal(Kept.Text(Kept.Records()), Kept.Text(records));
        Assert.Equal(Kept.Text(Kept.Snapshot()), Kept.Text(await second.LoadAsync(name, default)));
        await second.PruneAsync([]);
        Assert.Contains("not there", (await Assert.ThrowsAsync<StoreException>(() => second.LoadAsync(name, default))).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Session_OfAServerThatIsGone_ComesBackWithItsCueAndKeyAndGoesForGoodWhenItIsClosed()
    {
        var first = await OpenAsync();
        // Left as a crash leaves it: the connections are closed, and nothing else is.
        var killed = NewHost(first);
        var created = await killed.CreateAsync(new CreateSession("meadow day", 7), default);
        var receipt = await killed.CueAsync(created.Id, new CueRequest("night", AtBlock: 3, ClientId: "mine"), default);
        await first.DisposeAsync();

        await using var second = await OpenAsync();
        await using var host = NewHost(second);
        await host.RestoreAsync(default);
        var view = await host.GetAsync(created.Id, default);
        Assert.Equal((7ul, SessionStatus.Idle, 2L), (view.Seed, view.Status, view.Durability!.Epoch));
        Assert.True(await host.MaySteerAsync(created.Id, created.DirectorKey, default));
        Assert.Equal((receipt.Id, 3L), (view.Cues.Single().Id, view.Cues.Single().Block));
        Assert.Equal(receipt.Id, (await host.CueAsync(created.Id, new CueRequest("night", AtBlock: 3, ClientId: "mine"), default)).Id);
        var fork = await host.ForkAsync(created.Id, new ForkRequest(), default);
        await host.CloseAsync(created.Id, default);
        Assert.Equal([fork.Id], (await second.ListAsync(default)).Where(id => id == created.Id || id == fork.Id));
        await host.CloseAsync(fork.Id, default);
    }

    [PostgresFact]
    public async Task OlderOwner_EveryWriteIsRefused()
    {
        await using var store = await OpenAsync();
        var old = await store.CreateAsync(_id, default);
        await old.RewriteAsync(Kept.Records());
        var owner = await store.OpenAsync(_id, default);
        await Assert.ThrowsAsync<FencedException>(() => old.AppendAsync([new(99, new JournalEntry.Paused(false))], flush: true));
        await Assert.ThrowsAsync<FencedException>(() => old.RewriteAsync([]));
        await Assert.ThrowsAsync<FencedException>(() => old.SaveAsync(Kept.Snapshot(50)));
        await Assert.ThrowsAsync<FencedException>(() => old.PruneAsync([]));
        await Assert.ThrowsAsync<FencedException>(() => old.DeleteAsync());
        Assert.Equal(Kept.Text(Kept.Records()), Kept.Text((await owner.ReadJournalAsync(default)).Records));
        await owner.DeleteAsync();
        Assert.DoesNotContain(_id, await store.ListAsync(default));
        await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(_id, default));
    }

    [PostgresFact]
    public async Task ManyOwnersAtOnce_OneWrites()
    {
        await using var store = await OpenAsync();
        await (await store.CreateAsync(_id, default)).RewriteAsync(Kept.Records());
        var owners = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.OpenAsync(_id, default)));
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
        Assert.Equal([9L], owners.Zip(outcomes).Where(one => one.Second).Select(one => one.First.Epoch));
        Assert.Equal(Kept.Text(Kept.Records(9)), Kept.Text((await owners.MaxBy(owner => owner.Epoch)!.ReadJournalAsync(default)).Records));
    }

    [PostgresFact]
    public async Task Journal_WhoseRowsWereChanged_SaysSo()
    {
        await using var store = await OpenAsync();
        var session = await store.CreateAsync(_id, default);
        await session.RewriteAsync(Kept.Records());
        await using var database = NpgsqlDataSource.Create(server.Connection);
        await using var command = database.CreateCommand($"DELETE FROM sanalive_journal WHERE session = '{_id}' AND sequence = 4");
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        var (records, damage) = await session.ReadJournalAsync(default);
        Assert.NotNull(damage);
        Assert.Equal(4, records.Count);
    }

    [PostgresFact]
    public async Task Database_InUse_IsRefusedWithASentence()
    {
        await using var store = await OpenAsync();
        Assert.Contains("Another server", (await Assert.ThrowsAsync<IOException>(OpenAsync)).Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Database_ThatIsNotThere_IsRefusedWithASentence() => Assert.Contains(
        "cannot be used",
        (await Assert.ThrowsAsync<IOException>(() => PostgresSessionStore.OpenAsync($"Host={_folder};Username=nobody;Timeout=5", _folder, default))).Message,
        StringComparison.Ordinal);

    private static InProcessSessionHost NewHost(ISessionStore store) => new(
        [new FakeEngine(TimeProvider.System)], new FakeEncoder(), new FakePictureReader(), Options.Create(new SessionOptions()), TimeProvider.System,
        NullLogger<InProcessSessionHost>.Instance, store);

    private Task<PostgresSessionStore> OpenAsync() => PostgresSessionStore.OpenAsync(server.Connection, _folder, default);
}
