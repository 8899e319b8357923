namespace SanaLive.Runtime.Engine;

/// <summary>Finds the model that comes with the program.</summary>
public static class EmbeddedModel
{
    private const string FolderName = "world";

    /// <summary>
    /// The folder named by SANALIVE_MODEL; else <c>models/world</c> beside the program; else
    /// <c>gpu-runtime/models/world</c> of the repository that the program was built in.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">It is nowhere; the message says where it was looked for.</exception>
    public static string FindFolder()
    {
        if (Environment.GetEnvironmentVariable("SANALIVE_MODEL") is { Length: > 0 } named)
            return IsModel(named) ? named : throw new DirectoryNotFoundException($"SANALIVE_MODEL names {named}, but there is no model_index.json in it.");
        var beside = Path.Combine(AppContext.BaseDirectory, "models", FolderName);
        if (IsModel(beside))
            return beside;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var inRepository = Path.Combine(folder.FullName, "gpu-runtime", "models", FolderName);
            if (IsModel(inRepository))
                return inRepository;
        }

        throw new DirectoryNotFoundException(
            $"The embedded model is neither in {beside} nor in gpu-runtime/models/{FolderName} of a folder above {AppContext.BaseDirectory}; SANALIVE_MODEL may name its folder.");
    }

    private static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "model_index.json"));
}
