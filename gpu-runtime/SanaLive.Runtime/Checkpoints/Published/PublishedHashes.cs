using System.Security.Cryptography;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>Works out what identifies a checkpoint's files for ever.</summary>
public static class PublishedHashes
{
    private const int Portion = 1 << 20;

    /// <summary>The same files with their SHA-256.</summary>
    /// <param name="root">The folder that they lie in.</param>
    /// <param name="files">Which.</param>
    /// <param name="progress">Told the bytes read so far.</param>
    /// <param name="cancellation">Gives up.</param>
    public static IReadOnlyList<PublishedFile> Of(string root, IReadOnlyList<PublishedFile> files, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (done, buffer) = (0L, new byte[Portion]);
        return [.. files.Select(file => file with { Sha256 = Hash(Path.Combine(root, file.Path)) })];

        string Hash(string path)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            while (stream.Read(buffer) is var read and > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                progress?.Report(done += read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }
}
