namespace SanaLive.Web.Relay;

/// <summary>What all relays together did since the server started.</summary>
/// <param name="WatchedSessions">Sessions that somebody watches now.</param>
/// <param name="Blocks">Blocks that were played.</param>
/// <param name="Frames">Frames that fell due, whatever the number of viewers.</param>
/// <param name="FramesSkipped">Frames given up to catch up with a newer block.</param>
/// <param name="KeyframeRequests">Times that a viewer asked for a keyframe; the next block brings one.</param>
/// <param name="WatchesBroken">Times that a session had to be watched anew because its host broke off.</param>
public sealed record RelayStatistics(
    int WatchedSessions, long Blocks, long Frames, long FramesSkipped, long KeyframeRequests, long WatchesBroken);
