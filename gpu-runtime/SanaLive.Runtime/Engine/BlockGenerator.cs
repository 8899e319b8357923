using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Engine;

/// <summary>
/// Makes one block after the other: recache if asked, the denoising steps, the state pass, the decode. Works on a copy of the
/// stream's past and puts it in place when the frames are there, so that giving up half way changes nothing. One thread; no
/// allocation after the first block. Between two passes nothing of the block is in memory that generators share, so another one
/// may make a block of another stream there.
/// </summary>
internal sealed class BlockGenerator : IDisposable
{
    private readonly Func<DateTimeOffset, TimeSpan>? giveWay;
    private readonly VideoModel model;
    private readonly TimeProvider clock;
    private readonly Tensor latents;
    private readonly Tensor flow;
    private readonly Dictionary<int, (Tensor Latents, Tensor Flow)> rooms = [];
    private readonly float[] allX;
    private readonly float[] allFlow;
    private readonly float[] allNoise;
    private readonly float[] timesteps;
    private StreamPast work;
    private long lapBegan;
    private TimeSpan lapAway;
    private TimeSpan away;

    /// <param name="model">Makes the blocks.</param>
    /// <param name="clock">Of the timings.</param>
    /// <param name="giveWay">Called between two passes with the block's deadline: does what is more urgent, and returns how long that took.</param>
    public BlockGenerator(VideoModel model, TimeProvider clock, Func<DateTimeOffset, TimeSpan>? giveWay = null)
    {
        this.giveWay = giveWay;
        this.model = model;
        this.clock = clock;
        var (most, perFrame) = (model.Index.MostLatentFrames, model.LatentHeight * model.LatentWidth);
        latents = model.Kernels.Create(most * perFrame, model.Transformer.Config.InChannels);
        flow = model.Kernels.Create(most * perFrame, model.Transformer.Config.OutChannels);
        foreach (var frames in new[] { model.Index.LatentFramesPerBlock, model.Index.FirstBlockLatentFrames }.Distinct())
            rooms.Add(frames, frames == most ? (latents, flow) : (latents.Slice(0, frames * perFrame), flow.Slice(0, frames * perFrame)));
        allX = new float[latents.Count];
        allFlow = new float[latents.Count];
        allNoise = new float[latents.Count];
        timesteps = new float[most];
        work = new StreamPast(model);
    }

    /// <summary>Bytes of the frames of a block that begins no scene.</summary>
    public int FrameBytes => model.Card.FramesPerBlock * model.Card.PictureBytes;

    /// <summary>Bytes of the frames that a request makes of a stream's next block.</summary>
    public int BytesOf(VideoStream stream, BlockRequest request) => !request.Decode ? 0
        : (stream.Past.State.Empty || request.Cut ? model.Card.FirstBlockFrames : model.Card.FramesPerBlock) * model.Card.PictureBytes;

    /// <summary>Makes the stream's next block.</summary>
    /// <param name="stream">Advanced when the block is made; as before after an exception.</param>
    /// <param name="request">Prompt, blend, recache.</param>
    /// <param name="frames">[frames, height, width, 3]; empty when the request wants none.</param>
    /// <param name="cancellation">Looked at between two passes.</param>
    /// <param name="steps">How the block is sampled; null: as the model says.</param>
    /// <returns><c>Queued</c> is the time that was given away between two passes.</returns>
    public BlockTimings Generate(VideoStream stream, BlockRequest request, Span<byte> frames, CancellationToken cancellation, SamplingPlan? steps = null)
    {
        var transformer = model.Transformer;
        (lapBegan, lapAway, away) = (clock.GetTimestamp(), TimeSpan.Zero, TimeSpan.Zero);
        work.CopyFrom(stream.Past);
        var text = stream.Text(request);
        var state = work.State;
        if (request.Cut)
        {
            state.Forget();
            work.Decoder.Clear();
            work.Decoded.Clear();
        }

        var plan = steps ?? (state.Empty ? model.Index.FirstBlockPlan : model.Index.Plan);
        if (request.Recache && !state.Empty)
        {
            var last = rooms[state.LastFrames].Latents;
            model.Kernels.Write(last, state.LastLatents);
            transformer.Forward(last, model.GridOf(state.LastFrames), Timesteps(state.LastFrames, 0), text, state.PastOfLast(), state.OwnOfLast(), null);
            state.CommitRecache();
            Between(request, cancellation);
        }

        var statePass = Lap();
        var past = state.Past();
        var block = state.Empty ? model.Index.FirstBlockLatentFrames : model.Index.LatentFramesPerBlock;
        var (grid, (blockLatents, blockFlow)) = (model.GridOf(block), rooms[block]);
        var length = block * model.LatentFrameLength;
        var x = allX.AsSpan(0, length);
        var hostFlow = allFlow.AsSpan(0, length);
        var noise = allNoise.AsSpan(0, length);
        CounterNoise.Fill(stream.Seed, state.NextBlock, 0, x);

        // A start image is the stream's first latent frame: clean from the beginning, told to the model as such, and never stepped.
        var still = state.NextBlock == 0 ? stream.Start.Span : [];
        still.CopyTo(x);
        for (var step = 0; step < plan.Steps; step++)
        {
            model.Kernels.Write(blockLatents, x);
            transformer.Forward(blockLatents, grid, Timesteps(block, plan.Timestep(step), still.IsEmpty ? 0 : 1), text, past, null, blockFlow);
            model.Kernels.Read(blockFlow, hostFlow);
            if (plan.NeedsNoise(step))
                CounterNoise.Fill(stream.Seed, state.NextBlock, step + 1, noise);
            plan.Step(step, x[still.Length..], hostFlow[still.Length..], noise[still.Length..]);
            Between(request, cancellation);
        }

        var denoise = Lap();
        model.Kernels.Write(blockLatents, x);
        transformer.Forward(blockLatents, grid, Timesteps(block, 0), text, past, state.BeginBlock(), null);
        if (request.Decode && !state.Empty)
            CatchUp(state.LastLatents);
        state.Commit(x, block);
        Between(request, cancellation);
        statePass += Lap();

        for (var frame = 0; request.Decode && frame < block; frame++)
        {
            if (frame > 0) Between(request, cancellation);
            var latent = x.Slice(frame * model.LatentFrameLength, model.LatentFrameLength);
            var bytes = model.Decoder.NextFrames(work.Decoder) * model.Card.PictureBytes;
            model.Decoder.Decode(latent, model.LatentHeight, model.LatentWidth, work.Decoder, frames[..bytes]);
            work.Decoded.Add(latent);
            frames = frames[bytes..];
        }

        var decode = Lap();
        (stream.Past, work) = (work, stream.Past);
        return new BlockTimings(away, denoise, statePass, decode);
    }

    /// <summary>
    /// A decoder whose first latent frame gives fewer pictures must not take one in the middle of a stream for it, after blocks that were made
    /// in latents only: it is shown the block before.
    /// </summary>
    private void CatchUp(ReadOnlySpan<float> lastLatents)
    {
        if (work.Decoder.Frames > 0 || model.Decoder.FramesOfFirstLatent == model.Decoder.FramesPerLatent)
            return;
        for (var at = 0; at < lastLatents.Length; at += model.LatentFrameLength)
            work.Decoded.Add(lastLatents.Slice(at, model.LatentFrameLength));
        work.Decoded.Rebuild(model.Decoder, model.LatentHeight, model.LatentWidth, work.Decoder);
    }

    private void Between(BlockRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (giveWay is not null)
            lapAway += giveWay(request.Deadline);
    }

    /// <summary>Time since the last lap, less what was given away.</summary>
    private TimeSpan Lap()
    {
        var now = clock.GetTimestamp();
        var lap = clock.GetElapsedTime(lapBegan, now) - lapAway;
        (lapBegan, away, lapAway) = (now, away + lapAway, TimeSpan.Zero);
        return lap;
    }

    /// <summary>One for all frames, or one for each when the first of them are clean.</summary>
    private ReadOnlySpan<float> Timesteps(int frames, float timestep, int cleanFrames = 0)
    {
        timesteps.AsSpan(0, cleanFrames).Clear();
        timesteps.AsSpan(cleanFrames).Fill(timestep);
        return timesteps.AsSpan(0, cleanFrames == 0 ? 1 : frames);
    }

    public void Dispose()
    {
        latents.Dispose();
        flow.Dispose();
        work.Dispose();
    }
}
