using SanaLive.Eval.Judging;
using SanaLive.Runtime.Engine;

namespace SanaLive.Eval.Measures;

/// <summary>A stream as it is made for a measure: block by block, looked at by the judge.</summary>
internal sealed class Take(EvalContext context, ulong seed, StartImage? start = null) : IDisposable
{
    private readonly IVideoStream stream = context.Engine.CreateStream(seed, start);
    private Prompt? prompt;
    private Prompt? blendFrom;
    private bool switched;

    /// <summary>The prompt in force.</summary>
    public Prompt? Prompt => prompt;

    /// <summary>Number of the next block.</summary>
    public long Next => stream.NextBlock;

    /// <summary>The words of a viewer; from the next block on they count, blended over one block and with the last block read anew, as a session does it.</summary>
    public Task SayAsync(string text, CancellationToken cancellation) => AskAsync(text, null, cancellation);

    /// <summary>The same without words.</summary>
    public Task SetAsync(IReadOnlyDictionary<string, ControlValue> controls, CancellationToken cancellation) => AskAsync(null, controls, cancellation);

    /// <summary>The next block's pictures; empty when none are wanted.</summary>
    public async Task<byte[]> MakeAsync(bool decode, CancellationToken cancellation)
    {
        var request = switched
            ? new BlockRequest(prompt!, DateTimeOffset.UnixEpoch, blendFrom, 0.5f, Recache: true, Decode: decode)
            : new BlockRequest(prompt!, DateTimeOffset.UnixEpoch, Decode: decode);
        var block = await context.Engine.GenerateAsync(stream, request, cancellation);
        switched = false;
        return block.Frames;
    }

    /// <summary>Makes some blocks and looks at each.</summary>
    public async Task<List<(byte[] Frames, Verdict Verdict)>> LookAsync(int blocks, CancellationToken cancellation)
    {
        var seen = new List<(byte[], Verdict)>(blocks);
        for (var i = 0; i < blocks; i++)
        {
            var frames = await MakeAsync(decode: true, cancellation);
            seen.Add((frames, context.Judge.Look(frames)));
        }

        return seen;
    }

    public void Dispose() => stream.Dispose();

    private async Task AskAsync(string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        var next = await context.Engine.ReadPromptAsync(prompt, text, controls, cancellation);
        (blendFrom, prompt, switched) = (prompt, next, prompt is not null && stream.NextBlock > 0);
    }
}
