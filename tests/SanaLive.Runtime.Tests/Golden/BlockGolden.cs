using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>h1: one layer block by block with the state between, NVlabs' eps; every block in its own time origin.</summary>
internal static class BlockGolden
{
    public static void Run(GoldenCase golden)
    {
        var json = golden.Config();
        var hasFfn = golden.Has("in.x_ff");
        var config = LayerGolden.Config(
            json.GetProperty("heads").GetInt32(), json.GetProperty("dim_head").GetInt32(), hasFfn ? json.GetProperty("mlp_ratio").GetDouble() : 1).WithNvLabsEps();
        config = config with
        {
            AttentionEps = json.TryGetProperty("attn_eps", out var attentionEps) ? attentionEps.GetSingle() : config.AttentionEps,
            QkNormEps = json.TryGetProperty("qk_norm_eps", out var qkNormEps) ? qkNormEps.GetSingle() : config.QkNormEps,
        };
        var firstFrame = json.TryGetProperty("start_frame", out var start) ? start.GetInt64() : 0;
        var chunks = json.GetProperty("chunks").EnumerateArray().Select(chunk => chunk.GetInt32()).ToArray();
        var (height, width) = (json.GetProperty("h").GetInt32(), json.GetProperty("w").GetInt32());
        using var checkpoint = Checkpoint.Open(Path.Combine(golden.Folder, "weights.safetensors"));
        var prefix = checkpoint.Has("attn1.to_q.weight") ? "attn1." : string.Empty;
        using var attention = new LinearAttention(golden.Kernels, checkpoint, prefix, config);
        using var ffn = hasFfn ? new MixFfn(golden.Kernels, checkpoint, "ff.", config) : null;
        checkpoint.Finish();

        var batch = golden.Shape("in.x_attn")[0];
        for (var sample = 0; sample < batch; sample++)
        {
            using var state = new StreamState(golden.Kernels, config, StatePolicy.Sum, height, width, chunks.Max());
            for (var block = 0; block < chunks.Length; block++)
            {
                var grid = new TokenGrid(chunks[block], height, width);
                using var w = new Workspace(golden.Kernels, config, grid);
                using var y = golden.Kernels.Create(grid.Tokens, config.Hidden);
                var past = state.Past();
                var origin = state.Origin;
                var own = state.BeginBlock();
                var (cos, sin) = Rope.Table(config.HeadDim, grid, firstFrame + origin);
                golden.Check($"blk{block}.rope_cos", Array.ConvertAll(cos, value => (float)value));
                golden.Check($"blk{block}.rope_sin", Array.ConvertAll(sin, value => (float)value));

                using (var x = golden.Upload(Cut("in.x_attn", origin, grid), config.Hidden))
                    attention.Forward(x, w, past?.Sums.S[0], past?.Sums.Z[0], own.Sums.S[0], own.Sums.Z[0], y, default);
                golden.Check($"blk{block}.attn_out", golden.Read(y), Part($"blk{block}.attn_out"));
                if (golden.Has("full.attn_out"))
                    golden.Check("full.attn_out", golden.Read(y), Cut("full.attn_out", origin, grid));

                if (ffn is not null)
                {
                    using (var x = golden.Upload(Cut("in.x_ff", origin, grid), config.Hidden))
                        golden.Kernels.Copy(x, w.Normed);
                    ffn.Forward(w, past?.Tails.Layers[0], own.Tails.Layers[0], y, default);
                    golden.Check($"blk{block}.ff_out", golden.Read(y), Part($"blk{block}.ff_out"));
                    golden.Check("full.ff_out", golden.Read(y), Cut("full.ff_out", origin, grid));
                    golden.Check($"blk{block}.conv_cache", Layouts.ChannelsFirst(golden.Read(own.Tails.All), config.Hidden), Part($"blk{block}.conv_cache"));
                }

                state.Commit(new float[grid.Tokens], chunks[block]);
                golden.Check($"blk{block}.own_vk", golden.Read(state.LastFromStart(firstFrame).AllS), Part($"blk{block}.own_vk"));
                golden.Check($"blk{block}.own_ksum", golden.Read(state.LastFromStart(firstFrame).AllZ), Part($"blk{block}.own_ksum"));
                golden.Check($"blk{block}.state_vk", golden.Read(state.TotalFromStart(firstFrame).AllS), Part($"blk{block}.state_vk"));
                golden.Check($"blk{block}.state_ksum", golden.Read(state.TotalFromStart(firstFrame).AllZ), Part($"blk{block}.state_ksum"));
            }

            ReadOnlySpan<float> Part(string name)
            {
                var values = golden.Floats(name);
                return values.AsSpan(sample * (values.Length / batch), values.Length / batch);
            }

            ReadOnlySpan<float> Cut(string name, long origin, TokenGrid grid) =>
                Part(name).Slice((int)origin * grid.PerFrame * config.Hidden, grid.Tokens * config.Hidden);
        }
    }
}
