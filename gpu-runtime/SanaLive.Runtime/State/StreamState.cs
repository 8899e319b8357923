using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.State;

/// <summary>Everything of a stream's past that its next block needs. Of constant size.</summary>
/// <remarks>
/// <para>
/// Let phi = ReLU(RMSNorm(.)) and R_n the rotation at the position (t, h, w) of token n. In every layer and head a block B
/// leaves its own term
/// <code>S_B = sum over n in B of v_n (R_n phi(k_n))^T      z_B = sum over n in B of phi(k_n)      (z is not rotated)</code>
/// and a token of the next block is answered from the terms before it and its own block's:
/// <code>o_n = (S_past + S_block) R_n phi(q_n) / ((z_past + z_block) . phi(q_n) + eps)</code>
/// </para>
/// <para>
/// <b>Re-basing.</b> Only differences of positions matter, because R_a^T R_b = R_(b-a). So every block is computed with its
/// first frame at t = 0, and its term is kept as computed, together with the number of frames o_B before it. For a block that
/// begins at frame o, a kept term is moved to its time origin by turning the key side, in the pairs that belong to time:
/// <code>S_B in the origin o = S_B R(o_B - o)^T</code>
/// The angle is computed in fp64 from whole frame numbers, once per use: roundings are never added up, however long the stream.
/// </para>
/// <para>
/// <b>Policies.</b> With b the number of the next block, n a window, l a decay:
/// <code>
/// sum            S_past = sum over i &lt; b of S_i                                   one running sum + the last term
/// decay(l)       S_past = sum over i &lt; b of l^(b-i) S_i                           one running sum + the last term
/// window(n)      S_past = sum over b-n &lt;= i &lt; b of S_i                            n + 1 terms
/// window(n)+sink the same, and from b = n+1 on S_0 as if it ended where the window begins   n + 2 terms
/// </code>
/// The running sum holds the terms turned to the stream's very first frame, all but the last block's, so that the last term can
/// be replaced without a subtraction. A window is added up anew for each block: n is a setting, not the stream's length, and a
/// sum that is never subtracted from does not drift. One term more than the window is kept, because recaching the last block
/// needs the window before it.
/// </para>
/// <para>
/// <b>Recache</b> (a prompt switch): the last block alone runs again at t = 0 under the new prompt, with the past that it had
/// (its window, the conv tail before it), and replaces its own term and the conv tail after it. Older terms keep the old prompt.
/// </para>
/// <para>
/// <b>A cut</b> forgets: the sums begin again at the next block, which is made as a stream's first one is.
/// </para>
/// <para>
/// Sums are kept in fp32 (or the kernel set's own precision where that is higher). Calls change the state in place: whoever
/// must be able to give up half way works on a copy (<see cref="CopyFrom"/>).
/// </para>
/// </remarks>
public sealed class StreamState : IDisposable
{
    private readonly KernelSet kernels;
    private readonly TransformerConfig config;
    private readonly BlockSums[] terms;
    private readonly long[] termOrigins;
    private readonly int[] termFrames;
    private readonly BlockSums? running;
    private readonly BlockSums? sink;
    private readonly BlockSums[] sums;
    private readonly BlockSums total;
    private readonly float[] latents;
    private readonly double[] cos;
    private readonly double[] sin;
    private ConvTails tailBefore;
    private ConvTails tailAfter;
    private int sinkFrames;

    /// <param name="kernels">Owns the memory.</param>
    /// <param name="config">The model.</param>
    /// <param name="policy">What of the past counts.</param>
    /// <param name="latentHeight">Of a latent frame.</param>
    /// <param name="latentWidth">Of a latent frame.</param>
    /// <param name="maxBlockFrames">Latent frames of the largest block.</param>
    public StreamState(KernelSet kernels, TransformerConfig config, StatePolicy policy, int latentHeight, int latentWidth, int maxBlockFrames)
    {
        this.kernels = kernels;
        this.config = config;
        Policy = policy;
        (LatentHeight, LatentWidth, MaxBlockFrames) = (latentHeight, latentWidth, maxBlockFrames);
        var tokensPerFrame = latentHeight / config.Patch * (latentWidth / config.Patch);
        terms = [.. Enumerable.Range(0, policy.Window > 0 ? policy.Window + 1 : 1).Select(_ => new BlockSums(kernels, config))];
        termOrigins = new long[terms.Length];
        termFrames = new int[terms.Length];
        running = policy.Window == 0 ? new BlockSums(kernels, config) : null;
        sink = policy.Sink ? new BlockSums(kernels, config) : null;
        sums = [.. terms, .. running is null ? [] : new[] { running }, .. sink is null ? [] : new[] { sink }];
        total = new BlockSums(kernels, config);
        tailBefore = new ConvTails(kernels, config, tokensPerFrame);
        tailAfter = new ConvTails(kernels, config, tokensPerFrame);
        latents = new float[maxBlockFrames * latentHeight * latentWidth * config.InChannels];
        Bytes = sizeof(float) * (Parts().Sum(tensor => tensor.Count) + latents.Length);
        cos = new double[config.HeadDim / 2];
        sin = new double[config.HeadDim / 2];
    }

    public StatePolicy Policy { get; }

    public int LatentHeight { get; }

    public int LatentWidth { get; }

    public int MaxBlockFrames { get; }

    /// <summary>Number of the next block.</summary>
    public long NextBlock { get; private set; }

    /// <summary>Latent frames before the next block.</summary>
    public long Origin { get; private set; }

    /// <summary>The first block that is remembered: 0, or the one that the last cut began.</summary>
    public long FirstBlock { get; private set; }

    /// <summary>Nothing is remembered: the next block is made as a stream's first one is.</summary>
    public bool Empty => NextBlock == FirstBlock;

    /// <summary>Latent frames of the last block; 0 when nothing is remembered.</summary>
    public int LastFrames => Empty ? 0 : termFrames[Slot(NextBlock - 1)];

    /// <summary>The last block's clean latents, channels last.</summary>
    public ReadOnlySpan<float> LastLatents => latents.AsSpan(0, LastFrames * latents.Length / MaxBlockFrames);

    /// <summary>Bytes that a saved state needs, without its header: the same at every block.</summary>
    public long Bytes { get; }

    /// <summary>The past of the next block, in its time origin; null when nothing is remembered. Valid until the next call.</summary>
    public Memory? Past() => Empty ? null : new Memory(Totals(NextBlock, Origin), tailAfter);

    /// <summary>
    /// Makes room for the next block's own term. The state pass writes it, reading <see cref="Past"/>, which must have been
    /// taken before; then comes <see cref="Commit"/>.
    /// </summary>
    public Memory BeginBlock()
    {
        if (running is not null && !Empty)
        {
            AddTerm(terms[0], termOrigins[0], 1, running);
            if (Policy.Decay < 1)
            {
                kernels.Scale(running.AllS, Policy.Decay);
                kernels.Scale(running.AllZ, Policy.Decay);
            }
        }

        return new Memory(terms[Slot(NextBlock)], tailBefore);
    }

    /// <summary>The block is made: its own term and tail are in place.</summary>
    /// <param name="cleanLatents">[frames * height * width, channels].</param>
    /// <param name="frames">Latent frames of the block.</param>
    public void Commit(ReadOnlySpan<float> cleanLatents, int frames)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(frames);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, MaxBlockFrames);
        cleanLatents.CopyTo(latents);
        (tailBefore, tailAfter) = (tailAfter, tailBefore);
        var slot = Slot(NextBlock);
        (termOrigins[slot], termFrames[slot]) = (Origin, frames);
        if (Empty)
            KeepSink(slot);
        NextBlock++;
        Origin += frames;
    }

    /// <summary>The past that the last block had, to run it again under another prompt; null if it was the first.</summary>
    /// <exception cref="InvalidOperationException">There is no block yet.</exception>
    public Memory? PastOfLast()
    {
        RequireBlock();
        return NextBlock == FirstBlock + 1 ? null : new Memory(Totals(NextBlock - 1, termOrigins[Slot(NextBlock - 1)]), tailBefore);
    }

    /// <summary>Where the last block's new term and tail are written; then comes <see cref="CommitRecache"/>.</summary>
    public Memory OwnOfLast()
    {
        RequireBlock();
        return new Memory(terms[Slot(NextBlock - 1)], tailAfter);
    }

    /// <summary>The last block was run again.</summary>
    public void CommitRecache()
    {
        if (NextBlock == FirstBlock + 1)
            KeepSink(Slot(FirstBlock));
    }

    /// <summary>A cut: nothing before the next block counts any more. Numbers go on, so that the stream stays the same stream.</summary>
    public void Forget()
    {
        foreach (var part in Parts())
            kernels.Clear(part);
        FirstBlock = NextBlock;
    }

    /// <summary>Becomes equal to a state of the same shape.</summary>
    public void CopyFrom(StreamState other)
    {
        for (var i = 0; i < sums.Length; i++)
        {
            kernels.Copy(other.sums[i].AllS, sums[i].AllS);
            kernels.Copy(other.sums[i].AllZ, sums[i].AllZ);
        }

        kernels.Copy(other.tailBefore.All, tailBefore.All);
        kernels.Copy(other.tailAfter.All, tailAfter.All);
        other.latents.CopyTo(latents, 0);
        other.termOrigins.CopyTo(termOrigins, 0);
        other.termFrames.CopyTo(termFrames, 0);
        (FirstBlock, NextBlock, Origin, sinkFrames) = (other.FirstBlock, other.NextBlock, other.Origin, other.sinkFrames);
    }

    public void Dispose()
    {
        foreach (var tensor in Parts())
            tensor.Dispose();
        total.Dispose();
    }

    /// <summary>The sum of the past in the stream's first time origin, as the reference keeps it. For tests.</summary>
    /// <param name="firstFrame">Position of the stream's first frame.</param>
    internal BlockSums TotalFromStart(long firstFrame = 0) => Totals(NextBlock, -firstFrame);

    /// <summary>The last block's term in the stream's first time origin, as the reference keeps it. For tests.</summary>
    internal BlockSums LastFromStart(long firstFrame = 0)
    {
        var slot = Slot(NextBlock - 1);
        Clear(total);
        AddTerm(terms[slot], termOrigins[slot] + firstFrame, 1, total);
        return total;
    }

    internal ConvTails TailAfter => tailAfter;

    /// <summary>Every tensor that belongs to the past, in the order in which they are saved.</summary>
    internal IEnumerable<Tensor> Parts()
    {
        foreach (var sum in sums)
        {
            yield return sum.AllS;
            yield return sum.AllZ;
        }

        yield return tailBefore.All;
        yield return tailAfter.All;
    }

    /// <summary>The numbers beside the tensors, in the order in which they are saved.</summary>
    internal StreamFacts Facts
    {
        get => new(FirstBlock, NextBlock, Origin, sinkFrames, termOrigins, termFrames, latents);
        set
        {
            (FirstBlock, NextBlock, Origin, sinkFrames) = (value.FirstBlock, value.NextBlock, value.Origin, value.SinkFrames);
            value.TermOrigins.CopyTo(termOrigins, 0);
            value.TermFrames.CopyTo(termFrames, 0);
            value.Latents.CopyTo(latents, 0);
        }
    }

    private int Slot(long block) => (int)(block % terms.Length);

    private BlockSums Totals(long block, long origin)
    {
        Clear(total);
        if (running is not null)
        {
            // The running sum is weighted as the last block saw it; for the next one all is a block older.
            var aged = block == NextBlock ? Policy.Decay : 1;
            AddTerm(running, -origin, aged, total);
            if (block == NextBlock)
                AddTerm(terms[0], termOrigins[0] - origin, aged, total);
            return total;
        }

        var first = Math.Max(FirstBlock, block - Policy.Window);
        for (var i = first; i < block; i++)
            AddTerm(terms[Slot(i)], termOrigins[Slot(i)] - origin, 1, total);
        if (sink is not null && first > FirstBlock)
            AddTerm(sink, termOrigins[Slot(first)] - sinkFrames - origin, 1, total);
        return total;
    }

    private void KeepSink(int slot)
    {
        if (sink is null)
            return;
        kernels.Copy(terms[slot].AllS, sink.AllS);
        kernels.Copy(terms[slot].AllZ, sink.AllZ);
        sinkFrames = termFrames[slot];
    }

    private void AddTerm(BlockSums source, long shift, float scale, BlockSums target)
    {
        Rope.TimeShift(config.HeadDim, shift, cos, sin);
        kernels.AddRotated(source.AllS, cos, sin, scale, target.AllS);
        kernels.Add(source.AllZ, scale, target.AllZ);
    }

    private void Clear(BlockSums target)
    {
        kernels.Clear(target.AllS);
        kernels.Clear(target.AllZ);
    }

    private void RequireBlock()
    {
        if (Empty)
            throw new InvalidOperationException("The stream has no block yet that could be run again.");
    }
}
