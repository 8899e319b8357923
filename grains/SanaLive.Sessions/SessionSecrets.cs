using System.Buffers.Text;
using System.Security.Cryptography;

namespace SanaLive.Sessions;

/// <summary>What cannot be guessed: a session's id (whoever knows it may watch) and its director's key (whoever knows it may steer).</summary>
internal static class SessionSecrets
{
    /// <summary>128 random bits, safe in an address.</summary>
    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    /// <summary>256 random bits, safe in an address.</summary>
    public static string NewDirectorKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>All that is kept of a key.</summary>
    public static byte[] Hash(string key) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key));

    /// <summary>Takes the same time whatever the key.</summary>
    public static bool Matches(byte[] hash, string key) => CryptographicOperations.FixedTimeEquals(hash, Hash(key));

    /// <summary>0 to <see cref="CreateSession.MaxSeed"/>.</summary>
    public static ulong NewSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) & CreateSession.MaxSeed;
}
