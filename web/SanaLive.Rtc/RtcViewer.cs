namespace SanaLive.Rtc;

/// <summary>One peer that watches: made by <see cref="RtcServer.Accept"/>, over when <see cref="Closed"/> completes.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed class RtcViewer
{
    private readonly ViewerConnection connection;

    internal RtcViewer(ViewerConnection connection, string answerSdp)
    {
        this.connection = connection;
        AnswerSdp = answerSdp;
    }

    /// <summary>128 random bits, base64url: fit for a URL that nobody can guess.</summary>
    public string Id => connection.Id;

    /// <summary>The answer to the viewer's offer, complete with candidates.</summary>
    public string AnswerSdp { get; }

    public ViewerState State => connection.State;

    /// <summary>Completes with true when media can flow, with false when the viewer was closed before that. Never faults.</summary>
    public Task<bool> Connected => connection.Connected;

    /// <summary>Completes with the reason when the viewer is gone. Never faults.</summary>
    public Task<ViewerCloseReason> Closed => connection.Closed;

    /// <summary>
    /// The viewer cannot go on without a keyframe (PLI or FIR). Raised on the thread pool; browsers may repeat it every
    /// few hundred milliseconds until one arrives.
    /// </summary>
    public event Action? KeyframeRequested
    {
        add => connection.KeyframeRequested += value;
        remove => connection.KeyframeRequested -= value;
    }

    public RtcStatistics Statistics => connection.Statistics;

    /// <summary>
    /// Sends one frame: cut into packets, encrypted, and spread over <see cref="RtcOptions.PacingWindow"/>.
    /// </summary>
    /// <param name="vp8Frame">
    /// One VP8 frame. The bytes are kept for retransmission without a copy, so they must not change afterwards;
    /// the same memory may go to any number of viewers.
    /// </param>
    /// <param name="rtpTimestamp">Media time at 90 kHz, modulo 2^32: the frame's number x 90,000 / frames per second, plus any start.</param>
    /// <param name="isKeyframe">Whether the frame is a keyframe. Until the first one nothing is sent.</param>
    /// <returns>False when nothing was sent: the viewer is not connected (yet or any more), or waits for its first keyframe.</returns>
    /// <exception cref="ArgumentException">The frame is empty.</exception>
    public bool SendFrame(ReadOnlyMemory<byte> vp8Frame, uint rtpTimestamp, bool isKeyframe) =>
        connection.SendFrame(vp8Frame, rtpTimestamp, isKeyframe);

    /// <summary>Says goodbye to the peer and forgets it. Does nothing when already closed.</summary>
    public void Close() => connection.Close(ViewerCloseReason.ClosedByServer);
}
