using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SanaLive.Runtime.Tests;

/// <summary>Writes small safetensors files, good ones and bad ones.</summary>
internal static class SafetensorsWriter
{
    public static void Write(string path, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors)
    {
        var (header, offset) = (new Dictionary<string, object>(), 0L);
        foreach (var (name, (shape, values)) in tensors)
        {
            var end = offset + ((long)values.Length * sizeof(float));
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { offset, end } };
            offset = end;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        using var file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        foreach (var (_, values) in tensors.Values)
            file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>Any header before any data.</summary>
    public static void Write(string path, string header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. data]);
    }
}
