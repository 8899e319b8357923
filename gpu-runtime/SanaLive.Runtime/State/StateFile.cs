using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.State;

/// <summary>
/// A state as bytes: a header (magic, version, model fingerprint, policy, shape), the numbers as fp32 little-endian, and a
/// SHA-256 of all before it. Loading what was saved gives the same state, bit for bit.
/// </summary>
public static class StateFile
{
    public const int Version = 2;
    private const int ChecksumBytes = 32;

    private static ReadOnlySpan<byte> Magic => "SANASTAT"u8;

    /// <param name="state">What is saved.</param>
    /// <param name="kernels">The kernel set that holds it.</param>
    /// <param name="fingerprint">Of the model: a state means nothing to another.</param>
    public static byte[] Save(StreamState state, KernelSet kernels, string fingerprint)
    {
        using var stream = new MemoryStream((int)Math.Min(state.Bytes + 4096, int.MaxValue));
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        Write(writer, state, kernels, fingerprint);
        writer.Flush();
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Fills a state of the same model, policy and shape. A state that is refused is left as it was.</summary>
    /// <exception cref="StateException">Damaged, of another version, model, policy or shape.</exception>
    public static void Load(ReadOnlySpan<byte> bytes, StreamState state, KernelSet kernels, string fingerprint)
    {
        if (bytes.Length < Magic.Length + sizeof(int) + ChecksumBytes || !bytes.StartsWith(Magic))
            throw new StateException($"These {bytes.Length} bytes are no saved state.");
        var version = MemoryMarshal.Read<int>(bytes[Magic.Length..]);
        if (version != Version)
            throw new StateException($"The state has version {version}; this program reads version {Version}.");
        Span<byte> checksum = stackalloc byte[ChecksumBytes];
        SHA256.HashData(bytes[..^ChecksumBytes], checksum);
        if (!checksum.SequenceEqual(bytes[^ChecksumBytes..]))
            throw new StateException("The state is damaged: its checksum does not fit.");

        using var reader = new BinaryReader(new MemoryStream(bytes[(Magic.Length + sizeof(int))..^ChecksumBytes].ToArray()), Encoding.UTF8);
        Read(reader, state, kernels, fingerprint);
    }

    /// <summary>All but magic, version and checksum: for a format that has its own.</summary>
    internal static void Write(BinaryWriter writer, StreamState state, KernelSet kernels, string fingerprint)
    {
        writer.Write(fingerprint);
        writer.Write(state.Policy.ToString());
        writer.Write(state.Bytes);
        var facts = state.Facts;
        writer.Write(facts.FirstBlock);
        writer.Write(facts.NextBlock);
        writer.Write(facts.Origin);
        writer.Write(facts.SinkFrames);
        foreach (var origin in facts.TermOrigins)
            writer.Write(origin);
        foreach (var frames in facts.TermFrames)
            writer.Write(frames);
        writer.Write(MemoryMarshal.AsBytes(facts.Latents.AsSpan()));
        foreach (var part in state.Parts())
        {
            var values = ArrayPool<float>.Shared.Rent((int)part.Count);
            kernels.Read(part, values.AsSpan(0, (int)part.Count));
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan(0, (int)part.Count)));
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, which must be all that is left of the reader's stream.</summary>
    /// <exception cref="StateException">Of another model, policy or shape; the state is left as it was.</exception>
    internal static void Read(BinaryReader reader, StreamState state, KernelSet kernels, string fingerprint)
    {
        Require("model", reader.ReadString(), fingerprint);
        Require("policy", reader.ReadString(), state.Policy.ToString());
        Require("shape (bytes)", reader.ReadInt64(), state.Bytes);
        var current = state.Facts;
        var facts = new StreamFacts(
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(),
            [.. current.TermOrigins.Select(_ => reader.ReadInt64())], [.. current.TermFrames.Select(_ => reader.ReadInt32())], new float[current.Latents.Length]);
        Require("length", reader.BaseStream.Length - reader.BaseStream.Position, state.Bytes);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(facts.Latents.AsSpan()));
        state.Facts = facts;
        foreach (var part in state.Parts())
        {
            var values = ArrayPool<float>.Shared.Rent((int)part.Count);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(0, (int)part.Count)));
            kernels.Write(part, values.AsSpan(0, (int)part.Count));
            ArrayPool<float>.Shared.Return(values);
        }
    }

    private static void Require<T>(string what, T saved, T needed)
    {
        if (!EqualityComparer<T>.Default.Equals(saved, needed))
            throw new StateException($"The state belongs to another {what}: {saved} was saved, {needed} is needed.");
    }
}
