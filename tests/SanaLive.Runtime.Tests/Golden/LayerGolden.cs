using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>b1, b2: one layer alone, with diffusers' eps.</summary>
internal static class LayerGolden
{
    public static void LinearAttention(GoldenCase golden)
    {
        var json = golden.Config();
        var config = Config(json.GetProperty("heads").GetInt32(), json.GetProperty("dim_head").GetInt32(), 1);
        var grid = Grid(json);
        using var checkpoint = Checkpoint.Open(Path.Combine(golden.Folder, "weights.safetensors"));
        using var layer = new LinearAttention(golden.Kernels, checkpoint, string.Empty, config);
        checkpoint.Finish();
        using var w = new Workspace(golden.Kernels, config, grid);
        var shape = golden.Shape("in.x");
        for (var sample = 0; sample < shape[0]; sample++)
        {
            using var x = golden.Upload(Part("in.x"), config.Hidden);
            using var y = golden.Kernels.Create(x.Rows, x.Columns);
            using var ownS = golden.Kernels.Create(config.Hidden, config.HeadDim);
            using var ownZ = golden.Kernels.Create(config.Heads, config.HeadDim);
            layer.Forward(x, w, null, null, ownS, ownZ, y, default);
            golden.Check("q_relu", golden.Read(w.Q), Part("q_relu"));
            golden.Check("k_relu", golden.Read(w.K), Part("k_relu"));
            golden.Check("v", golden.Read(w.V), Part("v"));
            golden.Check("k_sum", golden.Read(ownZ), Part("k_sum"));
            golden.Check("vk", golden.Read(ownS), Part("vk"));
            golden.Check("pre_out", golden.Read(w.Attended), Part("pre_out"));
            golden.Check("out", golden.Read(y), Part("out"));

            ReadOnlySpan<float> Part(string name)
            {
                var values = golden.Floats(name);
                return values.AsSpan(sample * (values.Length / shape[0]), values.Length / shape[0]);
            }
        }
    }

    public static void MixFfn(GoldenCase golden)
    {
        var json = golden.Config();
        var channels = json.GetProperty("channels").GetInt32();
        var config = Config(1, channels, json.GetProperty("expand_ratio").GetDouble());
        var grid = Grid(json);
        using var checkpoint = Checkpoint.Open(Path.Combine(golden.Folder, "weights.safetensors"));
        using var layer = new MixFfn(golden.Kernels, checkpoint, string.Empty, config);
        checkpoint.Finish();
        using var w = new Workspace(golden.Kernels, config, grid);
        var samples = golden.Shape("in.x")[0];
        for (var sample = 0; sample < samples; sample++)
        {
            using var x = golden.Upload(Part("in.x"), channels);
            using var y = golden.Kernels.Create(x.Rows, x.Columns);
            golden.Kernels.Copy(x, w.Normed);
            layer.Forward(w, null, null, y, default);
            var pointed = new List<float>();
            for (var frame = 0; frame < grid.Frames; frame++)
                pointed.AddRange(Layouts.ChannelsFirst(golden.Read(w.Pointed).AsSpan(frame * grid.PerFrame * channels, grid.PerFrame * channels), channels));
            golden.Check("conv_point", pointed.ToArray(), Part("conv_point"));
            golden.Check("out", golden.Read(y), Part("out"));

            ReadOnlySpan<float> Part(string name)
            {
                var values = golden.Floats(name);
                return values.AsSpan(sample * (values.Length / samples), values.Length / samples);
            }
        }
    }

    public static TransformerConfig Config(int heads, int headDim, double ratio) => new()
    {
        InChannels = 1,
        OutChannels = 1,
        Heads = heads,
        HeadDim = headDim,
        CrossHeads = heads,
        CrossHeadDim = headDim,
        Layers = 1,
        CaptionChannels = 1,
        MlpRatio = ratio,
        Patch = 1,
    };

    private static TokenGrid Grid(System.Text.Json.JsonElement json) =>
        new(json.GetProperty("F").GetInt32(), json.GetProperty("h").GetInt32(), json.GetProperty("w").GetInt32());
}
