using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.State;

public sealed class StreamStateTests
{
    private const int Height = 2;
    private const int Width = 3;
    private const string Fingerprint = "model-a";
    private static readonly TransformerConfig Config = TestTransformer.Config;

    public static TheoryData<string> Policies => ["sum", "decay(0.7)", "window(1)", "window(3)", "window(2)+sink"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Past_AfterManyBlocks_IsTheSumThatThePolicySays(string policy)
    {
        using var kernels = new ScalarKernelSet<double>();
        using var state = NewState(kernels, policy);
        var history = new List<FakeBlock>();
        for (var block = 0; block < 9; block++)
        {
            if (block > 0)
                AssertEqual(Expected(history, StatePolicy.Parse(policy), block, state.Origin), kernels, state.Past()!.Value.Sums);
            history.Add(Make(kernels, state, block, block, frames: block == 0 ? 3 : 2));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Recache_LastBlock_ReplacesItsTermOnlyAndSeesThePastThatItHad(string policy)
    {
        using var kernels = new ScalarKernelSet<double>();
        using var state = NewState(kernels, policy);
        var history = new List<FakeBlock>();
        for (var block = 0; block < 6; block++)
        {
            history.Add(Make(kernels, state, block, block, frames: 2));
            if (block % 2 == 0)
            {
                var before = state.PastOfLast();
                if (block == 0)
                    Assert.Null(before);
                else
                    AssertEqual(Expected(history, StatePolicy.Parse(policy), block, history[block].Origin), kernels, before!.Value.Sums);
                history[block] = history[block] with { S = Numbers(1000 + block, Config.Layers * Config.Hidden * Config.HeadDim), Z = Numbers(2000 + block, Config.Layers * Config.Hidden) };
                var own = state.OwnOfLast();
                kernels.Write(own.Sums.AllS, history[block].S);
                kernels.Write(own.Sums.AllZ, history[block].Z);
                state.CommitRecache();
            }

            AssertEqual(Expected(history, StatePolicy.Parse(policy), block + 1, state.Origin), kernels, state.Past()!.Value.Sums);
        }
    }

    [Fact]
    public void Recache_Tails_ReadsTheOneBeforeAndWritesTheOneAfter()
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, "sum");
        Make(kernels, state, 0, 10, 2);
        Make(kernels, state, 1, 11, 2);
        Assert.Equal(Tail(10), Read(kernels, state.PastOfLast()!.Value.Tails.All));
        Assert.Equal(Tail(11), Read(kernels, state.Past()!.Value.Tails.All));
        kernels.Write(state.OwnOfLast().Tails.All, Tail(12));
        state.CommitRecache();
        Assert.Equal(Tail(12), Read(kernels, state.Past()!.Value.Tails.All));
        Assert.Equal(Tail(10), Read(kernels, state.PastOfLast()!.Value.Tails.All));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Forget_ThenGoingOn_IsThePastOfTheBlocksSinceTheCutAlone(string policy)
    {
        using var kernels = new ScalarKernelSet<double>();
        using var state = NewState(kernels, policy);
        for (var block = 0; block < 5; block++)
            Make(kernels, state, block, block, frames: 2);
        state.Forget();
        Assert.Null(state.Past());
        Assert.Empty(state.LastLatents.ToArray());
        Assert.Throws<InvalidOperationException>(() => state.PastOfLast());
        var history = new List<FakeBlock>();
        for (var block = 5; block < 13; block++)
        {
            history.Add(Make(kernels, state, block, block, frames: 2));
            if (block == 5)
            {
                Assert.Null(state.PastOfLast());
                state.CommitRecache();
            }

            AssertEqual(Expected(history, StatePolicy.Parse(policy), history.Count, state.Origin), kernels, state.Past()!.Value.Sums);
        }

        using var copy = NewState(kernels, policy);
        StateFile.Load(StateFile.Save(state, kernels, Fingerprint), copy, kernels, Fingerprint);
        Assert.Equal(5, copy.FirstBlock);
        AssertEqual(Expected(history, StatePolicy.Parse(policy), history.Count, copy.Origin), kernels, copy.Past()!.Value.Sums);
    }

    [Fact]
    public void Recache_BeforeTheFirstBlock_IsRefused()
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, "sum");
        Assert.Throws<InvalidOperationException>(() => state.PastOfLast());
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Size_AtAnyBlock_IsTheSame(string policy)
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, policy);
        var (bytes, saved) = (state.Bytes, StateFile.Save(state, kernels, Fingerprint).Length);
        for (var block = 0; block < 120; block++)
        {
            Make(kernels, state, block, block % 7, 2);
            Assert.Equal(bytes, state.Bytes);
        }

        Assert.Equal(saved, StateFile.Save(state, kernels, Fingerprint).Length);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void SaveAndLoad_AnyBlock_GivesTheSameStateAndTheSameFuture(string policy)
    {
        using var kernels = new CpuKernelSet(1);
        using var model = TestTransformer.Load(kernels);
        using var text = Text(model);
        using var first = NewState(kernels, policy);
        for (var block = 0; block < 5; block++)
            Generate(kernels, model, text, first);
        var saved = StateFile.Save(first, kernels, Fingerprint);

        using var second = NewState(kernels, policy);
        StateFile.Load(saved, second, kernels, Fingerprint);
        Assert.Equal(saved, StateFile.Save(second, kernels, Fingerprint));
        for (var block = 0; block < 3; block++)
            Assert.Equal(Generate(kernels, model, text, first), Generate(kernels, model, text, second));
        Assert.Equal(StateFile.Save(first, kernels, Fingerprint), StateFile.Save(second, kernels, Fingerprint));
    }

    [Fact]
    public void CopyFrom_ThenContinuingTheCopy_LeavesTheOriginal()
    {
        using var kernels = new CpuKernelSet(1);
        using var model = TestTransformer.Load(kernels);
        using var text = Text(model);
        using var original = NewState(kernels, "window(2)+sink");
        using var copy = NewState(kernels, "window(2)+sink");
        for (var block = 0; block < 4; block++)
            Generate(kernels, model, text, original);
        var before = StateFile.Save(original, kernels, Fingerprint);
        copy.CopyFrom(original);
        var next = Generate(kernels, model, text, copy);
        Assert.Equal(before, StateFile.Save(original, kernels, Fingerprint));
        Assert.Equal(next, Generate(kernels, model, text, original));
    }

    [Fact]
    public void Load_OfAnotherModel_IsRefusedByName()
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, "sum");
        var saved = StateFile.Save(state, kernels, Fingerprint);
        var error = Assert.Throws<StateException>(() => StateFile.Load(saved, state, kernels, "model-b"));
        Assert.Contains("model-a", error.Message, StringComparison.Ordinal);
        Assert.Contains("model-b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAnotherPolicyOrShape_IsRefused()
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, "sum");
        using var otherPolicy = NewState(kernels, "decay(0.7)");
        using var otherShape = new StreamState(kernels, Config, StatePolicy.Sum, Height + 1, Width, 3);
        var saved = StateFile.Save(state, kernels, Fingerprint);
        Assert.Contains("policy", Assert.Throws<StateException>(() => StateFile.Load(saved, otherPolicy, kernels, Fingerprint)).Message, StringComparison.Ordinal);
        Assert.Contains("shape", Assert.Throws<StateException>(() => StateFile.Load(saved, otherShape, kernels, Fingerprint)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "no saved state")]
    [InlineData(8, "version")]
    [InlineData(100, "checksum")]
    [InlineData(-1, "checksum")]
    public void Load_OneByteChanged_IsRefusedAndLeavesTheState(int at, string expected)
    {
        using var kernels = new ScalarKernelSet<float>();
        using var state = NewState(kernels, "sum");
        Make(kernels, state, 0, 1, 2);
        var saved = StateFile.Save(state, kernels, Fingerprint);
        var damaged = saved.ToArray();
        damaged[at < 0 ? damaged.Length + at : at] ^= 0x10;
        Assert.Contains(expected, Assert.Throws<StateException>(() => StateFile.Load(damaged, state, kernels, Fingerprint)).Message, StringComparison.Ordinal);
        Assert.Throws<StateException>(() => StateFile.Load(saved.AsSpan(0, saved.Length / 2), state, kernels, Fingerprint));
        Assert.Throws<StateException>(() => StateFile.Load([], state, kernels, Fingerprint));
        Assert.Equal(saved, StateFile.Save(state, kernels, Fingerprint));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Block2000_OfATwoLayerModel_AgreesWithDoublePrecision(string policy)
    {
        var single = Outputs(new CpuKernelSet(1), policy, 2000);
        var exact = Outputs(new ScalarKernelSet<double>(), policy, 2000);
        var largest = exact.Max(Math.Abs);
        Assert.True(largest > 0.01f);
        Assert.All(single.Zip(exact), pair => Assert.InRange(pair.First - pair.Second, -1e-4f * largest, 1e-4f * largest));
    }

    [Fact]
    public void Origin_FarAway_ChangesNoBitOfAWindowedStream()
    {
        using var kernels = new CpuKernelSet(1);
        using var model = TestTransformer.Load(kernels);
        using var text = Text(model);
        using var near = NewState(kernels, "window(3)");
        using var far = NewState(kernels, "window(3)");
        for (var block = 0; block < 5; block++)
            Generate(kernels, model, text, near);
        far.CopyFrom(near);
        var facts = far.Facts;
        far.Facts = facts with { Origin = facts.Origin + 4_000_000_000, TermOrigins = [.. facts.TermOrigins.Select(origin => origin + 4_000_000_000)] };
        Assert.Equal(Generate(kernels, model, text, near, noiseBlock: 5), Generate(kernels, model, text, far, noiseBlock: 5));
    }

    private static float[] Outputs(KernelSet kernels, string policy, int blocks)
    {
        using (kernels)
        {
            using var model = TestTransformer.Load(kernels);
            using var text = Text(model);
            using var state = new StreamState(kernels, Config, StatePolicy.Parse(policy), 1, 2, 1);
            using var latents = kernels.Create(2, Config.InChannels);
            using var flow = kernels.Create(2, Config.OutChannels);
            var x = new float[2 * Config.InChannels];
            for (var block = 0; block <= blocks; block++)
            {
                CounterNoise.Fill(5, block, 0, x);
                kernels.Write(latents, x);
                var past = state.Past();
                model.Forward(latents, new TokenGrid(1, 1, 2), [0], text, past, state.BeginBlock(), block == blocks ? flow : null);
                state.Commit(x, 1);
            }

            return Read(kernels, flow);
        }
    }

    private static float[] Generate(KernelSet kernels, SanaVideoTransformer model, TextContext text, StreamState state, long? noiseBlock = null)
    {
        var grid = new TokenGrid(2, Height, Width);
        using var latents = kernels.Create(grid.Tokens, Config.InChannels);
        using var flow = kernels.Create(grid.Tokens, Config.OutChannels);
        var x = new float[latents.Count];
        CounterNoise.Fill(1, noiseBlock ?? state.NextBlock, 0, x);
        kernels.Write(latents, x);
        var past = state.Past();
        model.Forward(latents, grid, [500], text, past, null, flow);
        var clean = Read(kernels, flow);
        kernels.Write(latents, clean);
        model.Forward(latents, grid, [0], text, past, state.BeginBlock(), null);
        state.Commit(clean, grid.Frames);
        return clean;
    }

    private static TextContext Text(SanaVideoTransformer model)
    {
        var text = model.CreateText(3);
        model.ReadText(Numbers(99, 3 * Config.CaptionChannels), text);
        return text;
    }

    private static StreamState NewState(KernelSet kernels, string policy) => new(kernels, Config, StatePolicy.Parse(policy), Height, Width, 3);

    /// <summary>A block whose terms are just numbers.</summary>
    private static FakeBlock Make(KernelSet kernels, StreamState state, long block, int seed, int frames)
    {
        var made = new FakeBlock(state.Origin, frames, Numbers(seed, Config.Layers * Config.Hidden * Config.HeadDim), Numbers(100 + seed, Config.Layers * Config.Hidden));
        Assert.Equal(block, state.NextBlock);
        var own = state.BeginBlock();
        kernels.Write(own.Sums.AllS, made.S);
        kernels.Write(own.Sums.AllZ, made.Z);
        kernels.Write(own.Tails.All, Tail(seed));
        state.Commit(new float[frames * Height * Width * Config.InChannels], frames);
        return made;
    }

    /// <summary>The formulas of the page above <see cref="StreamState"/>, word for word.</summary>
    private static (double[] S, double[] Z) Expected(List<FakeBlock> history, StatePolicy policy, int block, long origin)
    {
        var (s, z) = (new double[history[0].S.Length], new double[history[0].Z.Length]);
        for (var i = 0; i < block; i++)
        {
            var weight = Math.Pow(policy.Decay, policy.Decay < 1 ? block - i : 0);
            var from = history[i].Origin;
            if (policy.Window > 0 && i < block - policy.Window)
            {
                if (!policy.Sink || i > 0)
                    continue;
                from = history[block - policy.Window].Origin - history[0].Frames;
            }

            for (var n = 0; n < s.Length; n += 2)
            {
                var pair = n % Config.HeadDim / 2;
                var angle = pair < Rope.TimePairs(Config.HeadDim) ? (from - origin) * Math.Pow(10_000, -(double)pair / Rope.TimePairs(Config.HeadDim)) : 0;
                s[n] += weight * (history[i].S[n] * Math.Cos(angle) - history[i].S[n + 1] * Math.Sin(angle));
                s[n + 1] += weight * (history[i].S[n] * Math.Sin(angle) + history[i].S[n + 1] * Math.Cos(angle));
            }

            for (var n = 0; n < z.Length; n++)
                z[n] += weight * history[i].Z[n];
        }

        return (s, z);
    }

    private static void AssertEqual((double[] S, double[] Z) expected, KernelSet kernels, BlockSums actual)
    {
        Assert.All(expected.S.Zip(Read(kernels, actual.AllS)), pair => Assert.InRange(pair.Second - pair.First, -1e-5, 1e-5));
        Assert.All(expected.Z.Zip(Read(kernels, actual.AllZ)), pair => Assert.InRange(pair.Second - pair.First, -1e-5, 1e-5));
    }

    private static float[] Tail(int seed) => Numbers(300 + seed, Config.Layers * Height * Width * Config.Hidden);

    private static float[] Numbers(int seed, int count)
    {
        var values = new float[count];
        CounterNoise.Fill((ulong)seed, 0, 0, values);
        return values;
    }

    private static float[] Read(KernelSet kernels, Tensor tensor)
    {
        var values = new float[tensor.Count];
        kernels.Read(tensor, values);
        return values;
    }

    private sealed record FakeBlock(long Origin, int Frames, float[] S, float[] Z);
}
