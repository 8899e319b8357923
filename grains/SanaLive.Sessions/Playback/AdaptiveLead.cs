namespace SanaLive.Sessions.Playback;

/// <summary>
/// How far ahead of what viewers see a session is made: as little as the making of its blocks allows, because a cue is seen no sooner.
/// The lead is one block (which is shown while the next is made) and a head start. The head start covers what a block usually takes, by
/// mean and deviation as RFC 6298 has it for retransmission timers, what a new scene takes (a cut can come at any time), and the blocks
/// of other streams that may go first. It grows at once when it must or when a block came late, and shrinks back slowly.
/// </summary>
/// <param name="blockDuration">Media time of a block.</param>
/// <param name="longest">The lead is never longer.</param>
internal sealed class AdaptiveLead(TimeSpan blockDuration, TimeSpan longest)
{
    /// <summary>Blocks after which a third of what is too much is left.</summary>
    private const double ShrinkingBlocks = 16;

    private readonly double _margin = blockDuration.TotalSeconds / 10;
    private double? _took;
    private double _deviation;
    private double _work;
    private double _scene;

    // Before anything is known: as long as a block lasts, for whoever needs longer makes no stream in real time.
    private double _headStart = blockDuration.TotalSeconds;

    public TimeSpan Lead => blockDuration + TimeSpan.FromSeconds(_headStart) is var lead && lead < longest ? lead : longest;

    /// <summary>Learns from a block that is ready.</summary>
    /// <param name="took">From its beginning until it could be shown, waiting and encoding and all.</param>
    /// <param name="work">Of it, what the block would have taken alone.</param>
    /// <param name="spare">From now until it is due; negative when it is late; null when nobody waited for it.</param>
    /// <param name="newScene">It began a stream or came after a cut.</param>
    /// <param name="streams">Streams that share the engine, this one among them.</param>
    public void Made(TimeSpan took, TimeSpan work, TimeSpan? spare, bool newScene, int streams)
    {
        var seconds = Math.Clamp(took.TotalSeconds, 0, longest.TotalSeconds);
        if (newScene) _scene = Math.Max(work.TotalSeconds, (_scene + work.TotalSeconds) / 2);
        else Learn(seconds, work.TotalSeconds);

        var alone = Math.Max(_work, _scene);
        var needed = Math.Max((_took ?? seconds) + 4 * _deviation, alone + (streams - 1) * (_work > 0 ? _work : alone)) + _margin;
        var shrunk = _headStart - (_headStart - needed) / ShrinkingBlocks;
        var grown = spare < TimeSpan.Zero ? _headStart - 2 * spare.Value.TotalSeconds + _margin : 0;
        _headStart = Math.Min(Math.Max(needed, Math.Max(shrunk, grown)), (longest - blockDuration).TotalSeconds);
    }

    private void Learn(double took, double work)
    {
        if (_took is not { } mean)
        {
            (_took, _deviation, _work) = (took, took / 8, work);
            return;
        }

        _deviation += (Math.Abs(took - mean) - _deviation) / 4;
        _took = mean + (took - mean) / 8;
        _work += (work - _work) / 8;
    }
}
