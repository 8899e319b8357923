using System.Globalization;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;

namespace SanaLive.Models;

/// <summary><c>models add</c>, <c>list</c> and <c>remove</c>.</summary>
internal sealed class ModelsCommand(ModelRegistry registry, TextWriter output, TextWriter messages, TimeProvider clock)
{
    private const string Usage = """
        usage: ./sanalive models COMMAND

          add DIR [--name NAME]   check a published checkpoint completely and give it a name; DIR is the downloaded folder, or a .pth file
          list                    what was added, and whether it is still as it was checked
          remove NAME             forget one; its files stay
        """;

    /// <returns>0; 1 when a folder is not whole; 2 when the command is none.</returns>
    /// <exception cref="CheckpointException">A sentence says what cannot be done.</exception>
    public int Run(string[] args, CancellationToken interrupted) => args switch
    {
        ["add", var path] => Add(path, null, interrupted),
        ["add", var path, "--name", var name] => Add(path, name, interrupted),
        ["list"] => List(),
        ["remove", var name] => Remove(name),
        _ => ShowUsage(args),
    };

    private int Add(string path, string? name, CancellationToken interrupted)
    {
        var folder = PublishedFolder.Recognise(Path.GetFullPath(path));
        messages.WriteLine($"{folder.Folder} is {Described(folder.Kind, folder.Vae)}, laid out as {folder.Repository.Name}. Checking it.");
        var report = PublishedCheck.Run(folder);
        if (report.Problems.Count > 0)
        {
            foreach (var problem in report.Problems)
                messages.WriteLine($"  {problem}");
            messages.WriteLine($"{folder.Folder} was not added: {report.Problems.Count} {(report.Problems.Count == 1 ? "thing is" : "things are")} wrong.");
            return 1;
        }

        var root = Path.GetDirectoryName(folder.VaePath)!;
        var all = report.Files.Sum(file => file.Bytes);
        messages.WriteLine($"Everything is there. Reading {Size(all)} to remember what it is.");
        var model = new RegisteredModel
        {
            Name = name ?? folder.Repository.Name.Split('/')[^1],
            Folder = folder.Folder,
            Root = root,
            Repository = folder.Repository.Name,
            Kind = folder.Kind,
            Vae = folder.Vae,
            Eps = folder.Eps,
            Parameters = report.Parameters,
            Added = clock.GetUtcNow(),
            Files = PublishedHashes.Of(root, report.Files, null, interrupted),
        };
        registry.Add(model);
        Show(model);
        return 0;
    }

    private int List()
    {
        var models = registry.Models();
        if (models.Count == 0)
            output.WriteLine("No model was added. The embedded world needs none; ./sanalive models add DIR takes a published checkpoint.");
        foreach (var model in models)
        {
            Show(model);
            if (model.Changed() is { } changed)
                output.WriteLine($"  NOT AS IT WAS CHECKED: {changed}. Add it anew.");
        }

        return 0;
    }

    private int Remove(string name)
    {
        registry.Remove(name);
        output.WriteLine($"{name} is forgotten; its files are where they were.");
        return 0;
    }

    private void Show(RegisteredModel model)
    {
        output.WriteLine($"{model.Name}: {Described(model.Kind, model.Vae)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {model.Parameters / 1e9:F2} G parameters, {Size(model.Bytes())} in {model.Files.Count} files of {model.Repository}"));
        output.WriteLine($"  pictures of {string.Join(", ", PublishedSizes.Of(model.Vae))}; a prompt is the whole description; licence as its page on the hub says");
        output.WriteLine($"  {model.Folder}");
    }

    private int ShowUsage(string[] args)
    {
        (args is [] or ["--help"] or ["-h"] ? output : messages).WriteLine(Usage);
        return args is ["--help"] or ["-h"] ? 0 : 2;
    }

    private static string Described(PublishedKind kind, PublishedVae vae) => (kind, vae) switch
    {
        (PublishedKind.LongSana, _) => "LongSANA, endless streams of 16 frames a second in blocks of 10 latent frames, 4 steps each",
        (_, PublishedVae.Ltx2) => "SANA-Video 720p, clips of up to 81 frames",
        _ => "SANA-Video 480p, clips of up to 81 frames",
    };

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB");
}
