using System.Threading.Channels;
using SanaLive.Rtc;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>A viewer that keeps what it is sent.</summary>
internal sealed class FakeViewer(string id = "viewer") : IViewer
{
    private readonly TaskCompletionSource<bool> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Sent> sent = Channel.CreateUnbounded<Sent>();

    public event Action? KeyframeRequested;

    public string Id => id;

    public string AnswerSdp => "v=0\r\n";

    public Task<bool> Connected => connected.Task;

    public Task Closed => closed.Task;

    public RtcStatistics Statistics { get; set; } = new();

    /// <summary>What sending to this viewer ends in, if not well.</summary>
    public Exception? Failure { get; set; }

    public bool Listens => KeyframeRequested is not null;

    public void Connect() => connected.TrySetResult(true);

    public void AskForKeyframe() => KeyframeRequested?.Invoke();

    public void SendFrame(ReadOnlyMemory<byte> vp8Frame, uint rtpTimestamp, bool isKeyframe)
    {
        if (Failure is not null) throw Failure;
        sent.Writer.TryWrite(new Sent(vp8Frame.Span[0], vp8Frame.Span[1], rtpTimestamp, isKeyframe));
    }

    public void Close()
    {
        connected.TrySetResult(false);
        closed.TrySetResult();
        sent.Writer.TryComplete();
    }

    public Task<Sent> NextAsync() => sent.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async Task<Sent[]> NextAsync(int count)
    {
        var frames = new Sent[count];
        for (var i = 0; i < count; i++) frames[i] = await NextAsync();
        return frames;
    }

    public bool HasMore => sent.Reader.TryPeek(out _);

    /// <param name="Block">First byte of the frame: its block's number in these tests.</param>
    /// <param name="Frame">Second byte: its place in the block.</param>
    /// <param name="Timestamp">RTP.</param>
    /// <param name="Keyframe">As said by the sender.</param>
    internal sealed record Sent(int Block, int Frame, uint Timestamp, bool Keyframe);
}
