using SanaLive.Runtime.Checkpoints.Torch;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>Recognises NVlabs' own files, which have no config: what they are is in their names and shapes.</summary>
public sealed partial record PublishedFolder
{
    private static readonly string[] TorchFolders = ["checkpoints", "transformer"];

    /// <summary>The file itself, or the only one in the folder, its <c>checkpoints</c> or its <c>transformer</c>; null when there is none.</summary>
    private static string? FindTorchFile(string path)
    {
        if (File.Exists(path))
            return Checkpoint.IsTorch(path) ? path : null;
        if (!Directory.Exists(path))
            return null;
        var found = TorchFolders.Select(name => Path.Combine(path, name)).Prepend(path).Where(Directory.Exists)
            .SelectMany(folder => Directory.GetFiles(folder)).Where(Checkpoint.IsTorch).Order(StringComparer.Ordinal).ToArray();
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new CheckpointException($"{path} holds {string.Join(", ", found.Select(Path.GetFileName))}: name the one file that is meant.");
    }

    private static PublishedFolder OfTorch(string path, string file)
    {
        using var weights = NvLabsTransformer.Open(file);
        var besides = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, "config.json");
        var config = (File.Exists(besides) ? TransformerConfig.Read(besides) : weights.Config()).WithNvLabsEps();
        var vae = VaeOf(config, file);
        var folderName = Path.GetFileName(Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar));
        var fileName = Path.GetFileName(file);
        var kind = weights.IsGenerator || Says([fileName, folderName], StreamNames) ? PublishedKind.LongSana : PublishedKind.Clip;
        var repository = PublishedRepository.All.FirstOrDefault(known => Path.GetFileName(known.File) == fileName)
            ?? PublishedRepository.Of(folderName, kind, vae, PublishedLayout.NvLabs);
        return new PublishedFolder
        {
            Folder = path,
            Layout = PublishedLayout.NvLabs,
            Kind = kind,
            Vae = vae,
            Eps = EpsVariant.NvLabs,
            Transformer = config,
            TransformerPath = file,
            Repository = repository,
        };
    }
}
