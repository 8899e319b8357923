using System.Runtime.InteropServices;

namespace SanaLive.Sessions.Durability;

/// <summary>Files that are there after a power cut, or not at all.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;

    /// <summary>Writes beside the place, flushes to the disk, and renames: the file is whole or it is not there.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        WriteBeside(path, bytes);
        PutInPlace(path);
    }

    /// <summary>The part of <see cref="Write"/> that takes its time. Nothing is at the place yet.</summary>
    public static void WriteBeside(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var file = new FileStream(Beside(path), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            // On a full disk half a file would take the room that the next attempt needs.
            Discard(path);
            throw;
        }
    }

    public static void PutInPlace(string path)
    {
        try
        {
            File.Move(Beside(path), path, overwrite: true);
        }
        catch
        {
            Discard(path);
            throw;
        }

        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>What was written beside the place is not wanted there any more.</summary>
    public static void Discard(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (Directory.Exists(folder)) File.Delete(Beside(path));
    }

    private static string Beside(string path) => path + ".tmp";

    /// <summary>For this user's eyes alone: prompts are in it.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A rename is on the disk when its folder is. Windows has no such call, and its renames are journaled.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0) throw new IOException($"{path} cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Sync(descriptor) != 0) throw new IOException($"{path} cannot be flushed to the disk (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
