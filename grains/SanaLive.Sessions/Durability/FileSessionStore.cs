using System.Collections.Concurrent;
using System.Globalization;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// Sessions in a folder of this machine's, which one process at a time may use. A session is a folder of its own:
/// <code>
/// claim.7                                  whoever owns the session at epoch 7 has made it; without it that owner may write no more
/// journal.7                                its journal; the one with the highest epoch is the session's
/// 000000000042-7-1312-0a1b2c3d.snapshot    goes on with block 42, taken at epoch 7 and journal entry 1312; its hash begins so
/// </code>
/// </summary>
public sealed class FileSessionStore : ISessionStore
{
    private readonly string _sessions;
    private readonly string _trash;
    private readonly FileStream _lock;
    private readonly ConcurrentDictionary<string, Lock> _gates = new();

    /// <param name="folder">Is made if need be.</param>
    /// <exception cref="IOException">It cannot be written, or another process uses it; the message says which.</exception>
    public FileSessionStore(string folder)
    {
        Place = Path.GetFullPath(folder);
        (_sessions, _trash) = (Path.Combine(Place, "sessions"), Path.Combine(Place, "trash"));
        try
        {
            foreach (var path in new[] { Place, _sessions, _trash }) DurableFiles.CreateFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Sessions cannot be kept in {Place}: {e.Message}", e);
        }

        try
        {
            _lock = new FileStream(Path.Combine(Place, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"Another server keeps its sessions in {Place}: stop it, or name another folder.", e);
        }

        EmptyTrash();
    }

    public string Place { get; }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) => Task.Run<IReadOnlyList<string>>(
        () => [.. new DirectoryInfo(_sessions).EnumerateDirectories().OrderBy(folder => folder.CreationTimeUtc).Select(folder => folder.Name)], cancellation);

    public Task<bool> HasAsync(string id, CancellationToken cancellation) => Task.FromResult(Directory.Exists(FolderOf(id)));

    public Task<IStoredSession> CreateAsync(string id, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var folder = FolderOf(id);
            lock (GateOf(id))
            {
                if (Directory.Exists(folder)) throw new IOException($"There is a session {id} already.");
                DurableFiles.CreateFolder(folder);
                DurableFiles.SyncFolder(_sessions);
                return Claim(id, folder, 1);
            }
        },
        cancellation);

    public Task<IStoredSession> OpenAsync(string id, CancellationToken cancellation) => Task.Run(
        () =>
        {
            var folder = FolderOf(id);
            lock (GateOf(id))
            {
                if (!Directory.Exists(folder)) throw new StoreException($"There is no session {id} in {Place}.");
                return Claim(id, folder, 1 + Math.Max(FileStoredSession.Newest(folder, "claim"), FileStoredSession.Newest(folder, "journal")));
            }
        },
        cancellation);

    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <summary>Out of the way in one step; what is left of it when this is interrupted goes at the next start.</summary>
    internal void Discard(string id)
    {
        Directory.Move(FolderOf(id), Path.Combine(_trash, $"{id}.{Guid.NewGuid():N}"));
        DurableFiles.SyncFolder(_sessions);
        _gates.TryRemove(id, out _);
        EmptyTrash();
    }

    private IStoredSession Claim(string id, string folder, long epoch)
    {
        using (new FileStream(FileStoredSession.Numbered(folder, "claim", epoch), FileMode.CreateNew))
        {
        }

        foreach (var claim in Directory.EnumerateFiles(folder, "claim.*").Where(claim => FileStoredSession.NumberOf(claim) < epoch)) File.Delete(claim);
        DurableFiles.SyncFolder(folder);
        return new FileStoredSession(this, id, folder, epoch, GateOf(id));
    }

    private Lock GateOf(string id) => _gates.GetOrAdd(id, _ => new Lock());

    private string FolderOf(string id) => id.Length > 0 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? Path.Combine(_sessions, id)
        : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"'{id}' is no session's id."), nameof(id));

    private void EmptyTrash()
    {
        foreach (var left in Directory.EnumerateDirectories(_trash))
        {
            try
            {
                Directory.Delete(left, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody else has just done it.
            }
        }
    }
}
