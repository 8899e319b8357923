using System.Security.Cryptography;
using System.Text;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Engine;

/// <summary>The hash that a model's states belong to.</summary>
internal static class ModelFingerprint
{
    /// <param name="folder">All its JSON files count.</param>
    /// <param name="weights">All their bytes count.</param>
    /// <param name="chosen">Whatever else was chosen that a state depends on; empty for nothing.</param>
    public static string Of(string folder, IEnumerable<Checkpoint> weights, string chosen = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        foreach (var checkpoint in weights)
            checkpoint.AddTo(hash);
        hash.AppendData(Encoding.UTF8.GetBytes(chosen));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
