namespace SanaLive.Sessions.Durability;

/// <summary>Which snapshots are worth their room.</summary>
internal static class SnapshotRetention
{
    /// <summary>That a stream can be continued from without a gap and a spare one, in case the newer is damaged.</summary>
    private const int Spares = 2;

    /// <summary>
    /// The last two that a viewer can be continued from without missing a block, and those that are ahead of what has been shown: blocks are
    /// made before they are shown, and what was made but not shown is made again.
    /// </summary>
    /// <param name="kept">The newest last.</param>
    /// <param name="added">The newest of all.</param>
    /// <param name="shown">The last block that has been shown whole.</param>
    public static IReadOnlyList<KeptSnapshot> After(IReadOnlyList<KeptSnapshot> kept, KeptSnapshot added, long shown)
    {
        var all = kept.Where(one => one.Name.Block < added.Name.Block).Append(added).ToList();
        var behind = all.Count(one => one.Name.Block <= shown + 1);
        return [.. all.Skip(Math.Max(0, behind - Spares))];
    }
}
