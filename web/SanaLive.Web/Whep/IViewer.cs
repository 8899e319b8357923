using SanaLive.Rtc;

namespace SanaLive.Web.Whep;

/// <summary>One peer that watches. Members may be called from any thread, and none waits for the network.</summary>
public interface IViewer
{
    /// <summary>Unguessable, fit for a URL.</summary>
    string Id { get; }

    /// <summary>The answer to the viewer's offer.</summary>
    string AnswerSdp { get; }

    /// <summary>True when media can flow, false when the viewer went before that. Never faults.</summary>
    Task<bool> Connected { get; }

    /// <summary>Completes when the viewer is gone. Never faults.</summary>
    Task Closed { get; }

    RtcStatistics Statistics { get; }

    /// <summary>The viewer cannot go on without a keyframe.</summary>
    event Action? KeyframeRequested;

    /// <summary>Sends one VP8 frame, whose bytes must not change afterwards.</summary>
    /// <param name="vp8Frame">The frame.</param>
    /// <param name="rtpTimestamp">Media time at 90 kHz, modulo 2^32.</param>
    /// <param name="isKeyframe">Whether it can be decoded without any other.</param>
    void SendFrame(ReadOnlyMemory<byte> vp8Frame, uint rtpTimestamp, bool isKeyframe);

    void Close();
}
