namespace SanaLive.Runtime.Tests;

/// <summary>A whole model folder of the embedded world's kind, very small, with random weights.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <param name="transformerScale">Factor of the transformer's weights.</param>
    /// <param name="sampler">renoise or euler.</param>
    /// <param name="policy">The state policy.</param>
    /// <param name="framesPerSecond">The rate.</param>
    /// <param name="firstBlock">More of the sampler's settings, for example <c>, "first_block_timesteps": [1000]</c>.</param>
    /// <param name="vae">The golden case whose VAE it is.</param>
    /// <param name="precision">That the model says it runs in; null: it says nothing.</param>
    public TestModel(
        float transformerScale = 1, string sampler = "renoise", string policy = "window(3)", int framesPerSecond = 16, string firstBlock = "", string vae = "world_vae_carry", string? precision = null)
    {
        TestTransformer.Write(folder.File("transformer"), transformerScale);
        Copy(System.IO.Path.Combine(Repository.Root, "tests/golden", vae, "vae"), folder.File("vae"));
        Copy(System.IO.Path.Combine(Repository.Root, "tests/golden/world_text/text_encoder"), folder.File("text_encoder"));
        File.WriteAllText(folder.File("model_index.json"), $$"""
            {
              "_class_name": "SanaLiveWorldPipeline", "name": "tiny", "version": 1, "license": "Apache-2.0",{{(precision is null ? "" : $" \"precision\": \"{precision}\",")}} "prompt_semantics": "merge",
              "frames_per_second": {{framesPerSecond}}, "width": 48, "height": 32, "latent_frames_per_block": 2, "frames_per_latent": 4,
              "state_policy": "{{policy}}", "sampler": {"kind": "{{sampler}}", "timesteps": [1000, 900, 750, 500], "shift": 3.0{{firstBlock}}}
            }
            """);
    }

    public string Path => folder.Path;

    public void Dispose() => folder.Dispose();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
    }
}
