using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using Xunit.Sdk;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>
/// One recorded case. The rule: <c>|x - golden| &lt;= max(20 * tol, 2e-5 * absmax)</c> for every element, or a share of
/// absmax for cases recorded in bf16.
/// </summary>
internal sealed class GoldenCase : IDisposable
{
    private readonly SafetensorsFile io;
    private readonly JsonElement json;
    private readonly double? looseness;

    public GoldenCase(string name, KernelSet kernels, double? looseness = null)
    {
        Folder = Path.Combine(Repository.Golden, name);
        Kernels = kernels;
        this.looseness = looseness;
        io = SafetensorsFile.Open(Path.Combine(Folder, "io.safetensors"));
        using var document = HubJson.Read(Path.Combine(Folder, "case.json"));
        json = document.RootElement.Clone();
    }

    public string Folder { get; }

    public KernelSet Kernels { get; }

    public JsonElement Meta => json.GetProperty("meta");

    public string Note => json.TryGetProperty("note", out var note) ? note.GetString() ?? string.Empty : string.Empty;

    public IEnumerable<string> Names => io.Tensors.Keys;

    public bool Has(string name) => io.Tensors.ContainsKey(name);

    public bool IsInteger(string name) => io.Tensors[name].Type == TensorType.I64;

    public int[] Shape(string name) => [.. io.Tensors[name].Shape];

    public float[] Floats(string name) => io.ReadFloats(io.Tensors[name]);

    /// <summary>One sample of a recorded batch.</summary>
    public float[] Part(string name, int sample)
    {
        var (values, batch) = (Floats(name), Shape(name)[0]);
        return values.AsSpan(sample * (values.Length / batch), values.Length / batch).ToArray();
    }

    public double[] Doubles(string name) => io.Tensors[name].Type == TensorType.F64
        ? io.ReadDoubles(io.Tensors[name])
        : Array.ConvertAll(Floats(name), value => (double)value);

    public long[] Integers(string name) => io.ReadIntegers(io.Tensors[name]);

    public JsonElement Config(string file = "config.json")
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
        return document.RootElement.Clone();
    }

    public float[] Read(Tensor tensor)
    {
        var values = new float[tensor.Count];
        Kernels.Read(tensor, values);
        return values;
    }

    public Tensor Upload(ReadOnlySpan<float> values, int columns)
    {
        var tensor = Kernels.Create(values.Length / columns, columns);
        Kernels.Write(tensor, values);
        return tensor;
    }

    public void Check(string name, Tensor actual) => Check(name, Read(actual));

    public void Check(string name, ReadOnlySpan<float> actual) => Check(name, actual, Floats(name));

    /// <summary>Compares with a part of a recorded tensor, under the tolerance of the whole.</summary>
    public void Check(string name, ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length)
            throw new XunitException($"{name} on {Kernels.Name}: {actual.Length} numbers, {expected.Length} recorded.");
        var limit = Tolerance(name);
        for (var i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs((double)actual[i] - expected[i]) <= limit))
                throw new XunitException($"{name}[{i}] on {Kernels.Name}: {actual[i]}, recorded {expected[i]}, allowed difference {limit}.");
        }
    }

    public double Tolerance(string name)
    {
        var entry = json.GetProperty("tensors").GetProperty(name);
        var tol = entry.TryGetProperty("tol", out var recorded) && recorded.ValueKind == JsonValueKind.Number ? recorded.GetDouble() : 0;
        var absmax = entry.TryGetProperty("absmax", out var largest) && largest.ValueKind == JsonValueKind.Number ? largest.GetDouble() : 0;
        return looseness is { } share ? share * absmax : Math.Max(20 * tol, 2e-5 * absmax);
    }

    public void Dispose() => io.Dispose();
}
