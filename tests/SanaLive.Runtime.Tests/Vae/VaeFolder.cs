using System.Text.Json.Nodes;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Tests.Vae;

/// <summary>A golden case's VAE in a folder of its own, to be damaged.</summary>
internal sealed class VaeFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public VaeFolder(string golden)
    {
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(Repository.Root, "tests/golden", golden, "vae")))
        {
            File.Copy(file, folder.File(System.IO.Path.GetFileName(file)));
            File.SetAttributes(folder.File(System.IO.Path.GetFileName(file)), FileAttributes.Normal);
        }
    }

    public string Path => folder.Path;

    public string ConfigPath => folder.File("config.json");

    /// <summary>Gives a key of the config another value; null takes the key out.</summary>
    public void Set(string key, string? json)
    {
        var config = JsonNode.Parse(File.ReadAllText(ConfigPath))!.AsObject();
        config.Remove(key);
        if (json is not null)
            config[key] = JsonNode.Parse(json);
        File.WriteAllText(ConfigPath, config.ToJsonString());
    }

    /// <summary>Rewrites the checkpoint: a tensor may be changed, or left out when the change gives null.</summary>
    public void Rewrite(Func<string, int[], float[], (int[] Shape, float[] Values)?> change)
    {
        var path = Directory.GetFiles(folder.Path, "*.safetensors").Single();
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>();
        using (var file = SafetensorsFile.Open(path))
        {
            foreach (var (name, entry) in file.Tensors)
            {
                if (change(name, [.. entry.Shape], file.ReadFloats(entry)) is { } tensor)
                    tensors.Add(name, tensor);
            }
        }

        SafetensorsWriter.Write(path, tensors);
    }

    public void Dispose() => folder.Dispose();
}
