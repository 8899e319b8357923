using System.Buffers.Binary;
using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Handover;

/// <summary>A handover as bytes: the length of its facts, the facts as JSON, and the state as a <see cref="SnapshotFile"/>, if it is with it.</summary>
public static class HandoverFormat
{
    public static byte[] Write(SessionHandover handover)
    {
        var json = DurableJson.Write(handover with { State = null });
        var state = handover.State is { } snapshot ? SnapshotFile.Write(snapshot).Bytes : [];
        var bytes = GC.AllocateUninitializedArray<byte>(sizeof(int) + json.Length + state.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        json.CopyTo(bytes, sizeof(int));
        state.CopyTo(bytes, sizeof(int) + json.Length);
        return bytes;
    }

    /// <param name="bytes">All of them; the state keeps them.</param>
    /// <exception cref="StoreException">Damaged or cut short.</exception>
    public static SessionHandover Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < sizeof(int)) throw new StoreException($"These {bytes.Length} bytes are no handover.");
        var json = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
        if (json < 0 || json > bytes.Length - sizeof(int)) throw new StoreException($"The handover is cut short: it has {bytes.Length} bytes.");
        var handover = DurableJson.Read<SessionHandover>(bytes.Span.Slice(sizeof(int), json), "handover");
        var state = bytes[(sizeof(int) + json)..];
        return state.IsEmpty ? handover : handover with { State = SnapshotFile.Read(state) };
    }
}
