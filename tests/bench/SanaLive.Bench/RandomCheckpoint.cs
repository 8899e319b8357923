using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SanaLive.Bench;

/// <summary>Writes a part of a model with random weights as it would be downloaded: shards of safetensors in bf16, and their index.</summary>
internal static class RandomCheckpoint
{
    private const long ShardBytes = 2_000_000_000;
    private const int Portion = 1 << 20;

    /// <summary>Bytes that a part takes.</summary>
    public static long Bytes(IReadOnlyDictionary<string, int[]> shapes) => shapes.Values.Sum(shape => 2 * Count(shape));

    /// <param name="folder">Is made.</param>
    /// <param name="name">The weights' file name without what follows it.</param>
    /// <param name="shapes">Of every tensor. Those of one dimension are norms and biases.</param>
    /// <param name="cancellation">Gives up between two portions.</param>
    public static void Write(string folder, string name, IReadOnlyDictionary<string, int[]> shapes, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var shards = Shards(shapes);
        var placed = new Dictionary<string, string>();
        var state = 0x9E3779B97F4A7C15UL;
        foreach (var (number, shard) in shards.Index())
        {
            var file = $"{name}-{number + 1:D5}-of-{shards.Count:D5}.safetensors";
            var (header, end) = (new Dictionary<string, object>(), 0L);
            foreach (var (tensor, shape) in shard)
            {
                header.Add(tensor, new { dtype = "BF16", shape, data_offsets = new[] { end, end += 2 * Count(shape) } });
                placed.Add(tensor, file);
            }

            var text = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(header));
            using var stream = new FileStream(Path.Combine(folder, file), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            stream.Write(BitConverter.GetBytes((long)text.Length));
            stream.Write(text);
            foreach (var (_, shape) in shard)
                WriteNumbers(stream, shape, ref state, cancellation);
        }

        File.WriteAllText(Path.Combine(folder, $"{name}.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { }, weight_map = placed }));
    }

    private static List<List<KeyValuePair<string, int[]>>> Shards(IReadOnlyDictionary<string, int[]> shapes)
    {
        var (shards, bytes) = (new List<List<KeyValuePair<string, int[]>>>(), ShardBytes);
        foreach (var tensor in shapes)
        {
            var size = 2 * Count(tensor.Value);
            if (bytes + size > ShardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(tensor);
            bytes += size;
        }

        return shards;
    }

    /// <summary>Evenly spread with a deviation of 1 / sqrt(inputs), so that sizes neither grow nor vanish on their way through the layers.</summary>
    private static void WriteNumbers(FileStream stream, int[] shape, ref ulong state, CancellationToken cancellation)
    {
        var buffer = new ushort[Portion];
        var most = 1.73f / MathF.Sqrt(Math.Max(1, Count(shape) / shape[0]));
        for (var left = Count(shape); left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var numbers = buffer.AsSpan(0, (int)Math.Min(left, Portion));
            foreach (ref var number in numbers)
            {
                state = (state * 6364136223846793005) + 1442695040888963407;
                var value = ((int)(state >> 40) - (1 << 23)) * (most / (1 << 23));
                number = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
            }

            stream.Write(MemoryMarshal.AsBytes(numbers));
            left -= numbers.Length;
        }
    }

    private static long Count(int[] shape) => shape.Aggregate(1L, (count, size) => count * size);
}
