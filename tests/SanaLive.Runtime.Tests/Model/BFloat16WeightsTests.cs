using System.Runtime.InteropServices;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Model;

public sealed class BFloat16WeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Transformer_OfABf16Checkpoint_GivesTheSameBitsInBf16AsInFp32()
    {
        WriteRounded();
        Assert.Equal(Flow(Precision.Fp32), Flow(Precision.Bf16));
    }

    [Fact]
    public void Transformer_OfAnFp32CheckpointInBf16_IsThatOfItsRoundedWeights()
    {
        var golden = Path.Combine(Repository.Golden, "h2_longsana_blockwise/transformer/diffusion_pytorch_model.safetensors");
        File.Copy(golden, folder.File("model.safetensors"));
        var (rounded, whole) = (Flow(Precision.Bf16), Flow(Precision.Fp32));
        WriteRounded(matricesOnly: true);
        Assert.Equal(Flow(Precision.Fp32), rounded);
        Assert.NotEqual(whole, rounded);
    }

    [Fact]
    public void TakeBFloat16_OfABf16File_MakesNoCopy()
    {
        WriteRounded();
        using var checkpoint = Checkpoint.Open(folder.Path);
        var first = Take(checkpoint);
        var second = Take(checkpoint);
        Assert.Equal(144 * 24, first.Length);
        Assert.True(first == second, "Twice the same tensor lies in two places.");

        static ReadOnlySpan<ushort> Take(Checkpoint checkpoint) => checkpoint.TakeBFloat16("transformer_blocks.0.ff.conv_inverted.weight", 144, 24, 1, 1);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>The golden model with rounded weights: as a bf16 file, or as floats of which only what a layer multiplies with is rounded.</summary>
    private void WriteRounded(bool matricesOnly = false)
    {
        using var file = SafetensorsFile.Open(Path.Combine(Repository.Golden, "h2_longsana_blockwise/transformer/diffusion_pytorch_model.safetensors"));
        if (matricesOnly)
        {
            SafetensorsWriter.Write(folder.File("model.safetensors"), file.Tensors.Values.ToDictionary(
                entry => entry.Name,
                entry => (entry.Shape.ToArray(), IsMatrix(entry) ? BFloat16.Widen(file.ReadBFloat16(entry)) : file.ReadFloats(entry))));
            return;
        }

        var (header, data) = (new Dictionary<string, object>(), new List<byte>());
        foreach (var entry in file.Tensors.Values)
        {
            var start = data.Count;
            data.AddRange(MemoryMarshal.AsBytes(file.ReadBFloat16(entry)));
            header[entry.Name] = new { dtype = "BF16", shape = entry.Shape, data_offsets = new[] { start, data.Count } };
        }

        SafetensorsWriter.Write(folder.File("model.safetensors"), JsonSerializer.Serialize(header), [.. data]);
    }

    // Tables are added, norms multiplied and depthwise taps kept as floats.
    private static bool IsMatrix(TensorEntry entry) =>
        entry.Shape.Count > 1 && !entry.Name.EndsWith("table", StringComparison.Ordinal) && !entry.Name.Contains("conv_depth", StringComparison.Ordinal);

    private float[] Flow(Precision precision)
    {
        using var kernels = new CpuKernelSet(2);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var config = TransformerConfig.Read(Path.Combine(Repository.Golden, "h2_longsana_blockwise/transformer/config.json"));
        using var model = new SanaVideoTransformer(kernels, config, checkpoint, precision);
        var grid = new TokenGrid(3, 4, 5);
        using var text = model.CreateText(4);
        model.ReadText([.. Enumerable.Range(0, 4 * config.CaptionChannels).Select(i => MathF.Sin(i))], text);
        using var latents = kernels.Create(grid.Tokens * 4, config.InChannels);
        kernels.Write(latents, [.. Enumerable.Range(0, grid.Tokens * 4 * config.InChannels).Select(i => MathF.Cos(i))]);
        using var flow = kernels.Create(grid.Tokens * 4, config.OutChannels);
        model.Forward(latents, grid, [600], text, null, null, flow);
        var values = new float[flow.Count];
        kernels.Read(flow, values);
        return values;
    }
}
