using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Tests.Durability;

public sealed class SnapshotFileTests
{
    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var snapshot = Kept.Snapshot();
        var (bytes, hash) = SnapshotFile.Write(snapshot);
        var read = SnapshotFile.Read(bytes, new SnapshotName("any", 42, 7, bytes.Length, hash));
        Assert.Equal(Kept.Text(snapshot), Kept.Text(read));
        Assert.Equal(snapshot.Line.InForce.Embedding.ToArray().Select(BitConverter.SingleToUInt32Bits), read.Line.InForce.Embedding.ToArray().Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal((1, 3, true), (read.Line.Blended, read.Line.BlendBlocks, read.Line.Fresh));
        Assert.Equal(Kept.Facts.Image!.Latents.ToArray(), read.Facts.Image!.Latents.ToArray());
    }

    [Fact]
    public void Read_WithAnyBitFlipped_IsRefused()
    {
        var (bytes, _) = SnapshotFile.Write(Kept.Snapshot());
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Throws<StoreException>(() => SnapshotFile.Read(bytes));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void Read_CutAnywhere_IsRefused()
    {
        var (bytes, _) = SnapshotFile.Write(Kept.Snapshot());
        for (var length = 0; length < bytes.Length; length++) Assert.Throws<StoreException>(() => SnapshotFile.Read(bytes.AsMemory(0, length)));
        Assert.Throws<StoreException>(() => SnapshotFile.Read(new byte[bytes.Length + 1]));
        Assert.Throws<StoreException>(() => SnapshotFile.Read((byte[])[.. bytes, 0]));
    }

    [Fact]
    public void Read_WithTwoPiecesExchanged_IsRefused()
    {
        var (bytes, _) = SnapshotFile.Write(Kept.Snapshot(bytes: 4000));
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var mixed = (byte[])bytes.Clone();
            var (from, to, length) = (random.Next(bytes.Length - 64), random.Next(bytes.Length - 64), random.Next(1, 64));
            bytes.AsSpan(from, length).CopyTo(mixed.AsSpan(to));
            bytes.AsSpan(to, length).CopyTo(mixed.AsSpan(from));
            if (!mixed.AsSpan().SequenceEqual(bytes)) Assert.Throws<StoreException>(() => SnapshotFile.Read(mixed));
        }
    }

    [Fact]
    public void Read_OfAnotherWholeSnapshot_IsRefused()
    {
        var (_, hash) = SnapshotFile.Write(Kept.Snapshot());
        var (other, _) = SnapshotFile.Write(Kept.Snapshot() with { Cues = 4 });
        Assert.Throws<StoreException>(() => SnapshotFile.Read(other, new SnapshotName("any", 42, 7, other.Length, hash)));
    }
}
