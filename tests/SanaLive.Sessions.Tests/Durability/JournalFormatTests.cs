using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Tests.Durability;

public sealed class JournalFormatTests
{
    private static readonly byte[] Header = JournalFormat.Header(Kept.Id, 3);

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame()
    {
        var (records, damage) = JournalFormat.Read(File(Frames(Kept.Records())), Kept.Id, 3);
        Assert.Null(damage);
        Assert.Equal(Kept.Text(Kept.Records()), Kept.Text(records));
    }

    [Fact]
    public void Read_WithAnyBitFlipped_SeesIt()
    {
        JournalRecord[] small = [new(1, new JournalEntry.Paused(true)), .. Enumerable.Range(2, 6).Select(number => new JournalRecord(number, new JournalEntry.Shown(number, "c0ffee")))];
        var frames = Frames(small);
        var used = Header.Length + frames.Sum(frame => frame.Length);
        var bytes = File(frames);
        string[] whole = [.. Kept.Text(small)];
        // Also in the zeros after the last record.
        for (var bit = 0; bit < 8 * (used + 16); bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Seen(bytes, whole);
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }

        bytes[^1] ^= 1;
        Seen(bytes, whole);
    }

    [Fact]
    public void Read_CutAnywhere_SeesIt()
    {
        var bytes = File(Frames(Kept.Records()));
        string[] whole = [.. Kept.Text(Kept.Records())];
        for (var length = 0; length < bytes.Length; length += length < 8000 ? 1 : 97) Seen(bytes[..length], whole);
    }

    [Fact]
    public void Read_WithRecordsExchangedRepeatedOrMissing_SeesIt()
    {
        var frames = Frames(Kept.Records());
        string[] whole = [.. Kept.Text(Kept.Records())];
        for (var a = 0; a < frames.Count; a++)
        {
            Seen(File([.. frames.Take(a), .. frames.Skip(a + 1)]), whole, butTheLast: a == frames.Count - 1);
            Seen(File([.. frames.Take(a + 1), .. frames.Skip(a)]), whole);
            for (var b = a + 1; b < frames.Count; b++)
            {
                List<byte[]> mixed = [.. frames];
                (mixed[a], mixed[b]) = (mixed[b], mixed[a]);
                Seen(File(mixed), whole);
            }
        }
    }

    [Fact]
    public void Read_OfAnotherSessionsOrEpochsJournal_IsRefused()
    {
        var bytes = File(Frames(Kept.Records()));
        Assert.Throws<StoreException>(() => JournalFormat.Read(bytes, Kept.Id, 4));
        Assert.Throws<StoreException>(() => JournalFormat.Read(bytes, Kept.Id[1..] + "!", 3));
    }

    /// <summary>Either the journal is refused as a whole, or it says where it ends, and what it gives until there is true.</summary>
    private static void Seen(byte[] bytes, string[] whole, bool butTheLast = false)
    {
        try
        {
            var (records, damage) = JournalFormat.Read(bytes, Kept.Id, 3);
            // A journal that lacks its newest record is what it was a moment before: nobody can tell, and snapshots name what came before them.
            if (!butTheLast) Assert.NotNull(damage);
            Assert.Equal(whole[..records.Count], Kept.Text(records));
        }
        catch (StoreException)
        {
            // The header, or a record that is whole but cannot be.
        }
    }

    private static List<byte[]> Frames(IEnumerable<JournalRecord> records)
    {
        var chain = JournalFormat.HashOf(Header);
        return [.. records.Select(record => JournalFormat.Record(record, chain))];
    }

    private static byte[] File(IEnumerable<byte[]> frames)
    {
        byte[] used = [.. Header, .. frames.SelectMany(frame => frame)];
        return [.. used, .. new byte[JournalFormat.Chunk - used.Length % JournalFormat.Chunk]];
    }
}
