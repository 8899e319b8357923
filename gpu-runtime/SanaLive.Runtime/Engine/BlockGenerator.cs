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
    private readonly float[] x;
    private readonly float[] hostFlow;
    private readonly float[] noise;
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
        var rows = model.Index.LatentFramesPerBlock * model.LatentHeight * model.LatentWidth;
        latents = model.Kernels.Create(rows, model.Transformer.Config.InChannels);
        flow = model.Kernels.Create(rows, model.Transformer.Config.OutChannels);
        x = new float[latents.Count];
        hostFlow = new float[latents.Count];
        noise = new float[latents.Count];
        timesteps = new float[model.Index.LatentFramesPerBlock];
        work = new StreamPast(model);
    }

    public int FrameBytes => model.Card.FramesPerBlock * model.Card.Width * model.Card.Height * 3;

    /// <summary>Makes the stream's next block.</summary>
    /// <param name="stream">Advanced when the block is made; as before after an exception.</param>
    /// <param name="request">Prompt, blend, recache.</param>
    /// <param name="frames">[frames, height, width, 3]; empty when the request wants none.</param>
    /// <param name="cancellation">Looked at between two passes.</param>
    /// <param name="steps">How the block is sampled; null: as the model says.</param>
    /// <returns><c>Queued</c> is the time that was given away between two passes.</returns>
    public BlockTimings Generate(VideoStream stream, BlockRequest request, Span<byte> frames, CancellationToken cancellation, SamplingPlan? steps = null)
    {
        var (transformer, grid) = (model.Transformer, model.Grid);
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
            model.Kernels.Write(latents, state.LastLatents);
            transformer.Forward(latents, grid, Timesteps(0), text, state.PastOfLast(), state.OwnOfLast(), null);
            state.CommitRecache();
            Between(request, cancellation);
        }

        var statePass = Lap();
        var past = state.Past();
        CounterNoise.Fill(stream.Seed, state.NextBlock, 0, x);

        // A start image is the stream's first latent frame: clean from the beginning, told to the model as such, and never stepped.
        var still = state.NextBlock == 0 ? stream.Start.Span : [];
        still.CopyTo(x);
        for (var step = 0; step < plan.Steps; step++)
        {
            model.Kernels.Write(latents, x);
            transformer.Forward(latents, grid, Timesteps(plan.Timestep(step), still.IsEmpty ? 0 : 1), text, past, null, flow);
            model.Kernels.Read(flow, hostFlow);
            if (plan.NeedsNoise(step))
                CounterNoise.Fill(stream.Seed, state.NextBlock, step + 1, noise);
            plan.Step(step, x.AsSpan(still.Length), hostFlow.AsSpan(still.Length), noise.AsSpan(still.Length));
            Between(request, cancellation);
        }

        var denoise = Lap();
        model.Kernels.Write(latents, x);
        transformer.Forward(latents, grid, Timesteps(0), text, past, state.BeginBlock(), null);
        state.Commit(x, grid.Frames);
        Between(request, cancellation);
        statePass += Lap();

        var (perLatent, perFrames) = (x.Length / grid.Frames, frames.Length / grid.Frames);
        for (var frame = 0; request.Decode && frame < grid.Frames; frame++)
        {
            if (frame > 0) Between(request, cancellation);
            var latent = x.AsSpan(frame * perLatent, perLatent);
            model.Decoder.Decode(latent, model.LatentHeight, model.LatentWidth, work.Decoder, frames.Slice(frame * perFrames, perFrames));
            work.Decoded.Add(latent);
        }

        var decode = Lap();
        (stream.Past, work) = (work, stream.Past);
        return new BlockTimings(away, denoise, statePass, decode);
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
    private ReadOnlySpan<float> Timesteps(float timestep, int cleanFrames = 0)
    {
        timesteps.AsSpan(0, cleanFrames).Clear();
        timesteps.AsSpan(cleanFrames).Fill(timestep);
        return cleanFrames == 0 ? timesteps.AsSpan(0, 1) : timesteps;
    }

    public void Dispose()
    {
        latents.Dispose();
        flow.Dispose();
        work.Dispose();
    }
}
