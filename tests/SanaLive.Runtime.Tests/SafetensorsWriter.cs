using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SanaLive.Runtime.Tests;

/// <summary>Writes small safetensors files, good ones and bad ones.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors)
    {
        var (header, data, offset) = (new Dictionary<string, object>(), new List<byte>(), 0);
        foreach (var (name, (shape, values)) in tensors)
        {
            data.AddRange(MemoryMarshal.AsBytes(values.AsSpan()));
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, data.Count } };
            offset = data.Count;
        }

        Write(path, JsonSerializer.Serialize(header), [.. data]);
    }

    /// <summary>Any header before any data.</summary>
    public static void Write(string path, string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }
}
