using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>
/// The checkpoints that were added, by name, in a small JSON file. Only places are kept: the weights stay where they are. One program at a
/// time changes it, and who reads it while it is changed sees it as it was before or as it is after.
/// </summary>
/// <param name="folder">Where it lies; made when the first model is added.</param>
public sealed partial class ModelRegistry(string folder)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>
    /// The user's: <c>sanalive</c> in XDG_STATE_HOME, else in ~/.local/state (on Windows in the local application data).
    /// </summary>
    public static ModelRegistry OfUser { get; } = new(Path.Combine(StateFolder(), "sanalive"));

    public string File => Path.Combine(folder, "models.json");

    /// <summary>In order of names.</summary>
    /// <exception cref="CheckpointException">The file is there and cannot be read.</exception>
    public IReadOnlyList<RegisteredModel> Models()
    {
        if (!System.IO.File.Exists(File))
            return [];
        try
        {
            return JsonSerializer.Deserialize<RegisteredModel[]>(System.IO.File.ReadAllBytes(File), Format) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{File} cannot be read: {error.Message} Delete it and add the models anew.", error);
        }
    }

    /// <summary>Null when nothing has that name.</summary>
    public RegisteredModel? Find(string name) => Models().FirstOrDefault(model => model.Name == name);

    /// <summary>What <c>--model</c> means: the folder or file of that name, else the folder of the model that was added under it, else what was given.</summary>
    public string Resolve(string nameOrFolder) =>
        Directory.Exists(nameOrFolder) || System.IO.File.Exists(nameOrFolder) ? nameOrFolder : Find(nameOrFolder)?.Folder ?? nameOrFolder;

    /// <summary>Adds it, or replaces the one of the same name and place.</summary>
    /// <exception cref="CheckpointException">The name is no name, or another folder has it.</exception>
    public void Add(RegisteredModel model)
    {
        if (!Name().IsMatch(model.Name))
            throw new CheckpointException($"'{model.Name}' is no name for a model: letters, digits, dots, dashes and underscores are, up to 64 of them, the first a letter or a digit.");
        Change(models =>
        {
            if (models.FirstOrDefault(other => other.Name == model.Name && other.Folder != model.Folder) is { } taken)
                throw new CheckpointException($"The name {model.Name} is {taken.Folder}'s. Give --name another, or take that one away first: sanalive models remove {model.Name}.");
            return [.. models.Where(other => other.Name != model.Name).Append(model).OrderBy(other => other.Name, StringComparer.Ordinal)];
        });
    }

    /// <summary>Forgets it; its files stay.</summary>
    /// <exception cref="CheckpointException">Nothing has that name.</exception>
    public void Remove(string name) => Change(models => models.Any(model => model.Name == name)
        ? [.. models.Where(model => model.Name != name)]
        : throw new CheckpointException($"There is no model {name}.{(models.Count == 0 ? string.Empty : $" There is {string.Join(", ", models.Select(model => model.Name))}.")}"));

    private void Change(Func<IReadOnlyList<RegisteredModel>, RegisteredModel[]> change)
    {
        Directory.CreateDirectory(folder);
        FileStream turn;
        try
        {
            turn = new FileStream($"{File}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new CheckpointException($"Another program is changing {File}. Try again when it is done.", error);
        }

        using (turn)
        {
            var changed = JsonSerializer.SerializeToUtf8Bytes(change(Models()), Format);
            var beside = $"{File}.tmp";
            using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                stream.Write(changed);
                stream.Flush(flushToDisk: true);
            }

            System.IO.File.Move(beside, File, overwrite: true);
        }
    }

    private static string StateFolder() => OperatingSystem.IsWindows()
        ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    private static partial Regex Name();
}
