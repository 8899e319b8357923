using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>A store in memory, in the formats of the files, whose owner can be followed, whose disk can be full, slow or damaged.</summary>
internal sealed class MemoryStore : ISessionStore
{
    public string Place => "memory";

    public Dictionary<string, Room> Rooms { get; } = [];

    /// <summary>Nothing more can be written.</summary>
    public bool IsFull { get; set; }

    /// <summary>Snapshots do not fit any more, smaller things do.</summary>
    public bool IsFullForSnapshots { get; set; }

    /// <summary>Every flush of a journal waits for it.</summary>
    public Task FlushGate { get; set; } = Task.CompletedTask;

    public Room Only => Rooms.Values.Single();

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([.. Rooms.Keys]);

    public Task<bool> HasAsync(string id, CancellationToken cancellation) => Task.FromResult(Rooms.ContainsKey(id));

    public Task<IStoredSession> CreateAsync(string id, CancellationToken cancellation)
    {
        Rooms[id] = new Room { Epoch = 1 };
        return Task.FromResult<IStoredSession>(new Owner(this, id, Rooms[id], 1));
    }

    public Task<IStoredSession> OpenAsync(string id, CancellationToken cancellation) =>
        Task.FromResult<IStoredSession>(new Owner(this, id, Rooms[id], ++Rooms[id].Epoch));

    public ValueTask DisposeAsync() => default;

    internal sealed class Room
    {
        public long Epoch { get; set; }

        public long JournalEpoch { get; set; }

        public byte[] Header { get; set; } = [];

        public List<byte[]> Journal { get; } = [];

        public Dictionary<string, byte[]> Snapshots { get; } = [];

        public int Rewritten { get; set; }

        public IReadOnlyList<JournalEntry> Entries(string id) => [.. JournalFormat.Read(Bytes(), id, JournalEpoch).Records.Select(record => record.Entry)];

        public byte[] Bytes()
        {
            byte[] used = [.. Header, .. Journal.SelectMany(record => record)];
            return [.. used, .. new byte[JournalFormat.Chunk - used.Length % JournalFormat.Chunk]];
        }
    }

    private sealed class Owner(MemoryStore store, string id, Room room, long epoch) : IStoredSession
    {
        private byte[] _chain = [];

        public long Epoch => epoch;

        public Task<JournalContents> ReadJournalAsync(CancellationToken cancellation) =>
            Task.FromResult(room.Header.Length == 0 ? new JournalContents([]) : JournalFormat.Read(room.Bytes(), id, room.JournalEpoch));

        public async Task AppendAsync(IReadOnlyList<JournalRecord> records, bool flush)
        {
            if (flush) await store.FlushGate;
            Check();
            foreach (var record in records) room.Journal.Add(JournalFormat.Record(record, _chain));
        }

        public async Task RewriteAsync(IReadOnlyList<JournalRecord> records)
        {
            await store.FlushGate;
            Check();
            room.Header = JournalFormat.Header(id, epoch);
            room.JournalEpoch = epoch;
            room.Rewritten++;
            _chain = JournalFormat.HashOf(room.Header);
            room.Journal.Clear();
            foreach (var record in records) room.Journal.Add(JournalFormat.Record(record, _chain));
        }

        public Task<SnapshotName> SaveAsync(Snapshot snapshot)
        {
            Check();
            if (store.IsFullForSnapshots) throw new IOException("No space left on device");
            var (bytes, hash) = SnapshotFile.Write(snapshot);
            var file = $"{snapshot.Block:D6}-{epoch}-{hash[..8]}";
            room.Snapshots[file] = bytes;
            return Task.FromResult(new SnapshotName(file, snapshot.Block, snapshot.Sequence, bytes.Length, hash));
        }

        public Task<Snapshot> LoadAsync(SnapshotName name, CancellationToken cancellation) => room.Snapshots.TryGetValue(name.File, out var bytes)
            ? Task.FromResult(SnapshotFile.Read(bytes, name))
            : throw new StoreException("It is not there.");

        public Task PruneAsync(IReadOnlyCollection<SnapshotName> keep)
        {
            Check();
            foreach (var file in room.Snapshots.Keys.Except(keep.Select(name => name.File)).ToList()) room.Snapshots.Remove(file);
            return Task.CompletedTask;
        }

        public Task DeleteAsync()
        {
            Check();
            store.Rooms.Remove(id);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync() => default;

        private void Check()
        {
            if (room.Epoch != epoch) throw new FencedException(id, epoch);
            if (store.IsFull) throw new IOException("No space left on device");
        }
    }
}
