using System.Text.Json;

namespace SanaLive.Eval.Inputs;

/// <summary>
/// What is finished: one line of JSON per stream or clip, written when it is done, so that a run that was interrupted goes on where it stopped. The first line
/// says what was measured (model, judge, how much); results of something else are never mixed in.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly Dictionary<string, JsonElement> entries = [];
    private readonly StreamWriter writer;

    private Journal(StreamWriter writer) => this.writer = writer;

    /// <summary>Results found at the start.</summary>
    public int Found { get; private set; }

    /// <param name="path">The file; made when it is not there.</param>
    /// <param name="subject">What is measured.</param>
    /// <exception cref="EvalException">The file holds results of something else, or is damaged before its last line.</exception>
    public static Journal Open(string path, string subject)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        var read = new List<(string Key, JsonElement Value)>();
        for (var i = 0; i < lines.Length; i++)
        {
            try
            {
                using var json = JsonDocument.Parse(lines[i]);
                read.Add((json.RootElement.GetProperty("key").GetString()!, json.RootElement.GetProperty("value").Clone()));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                // The line that was being written when the last run was stopped.
                if (i == lines.Length - 1)
                    break;
                throw new EvalException($"{path} is damaged in line {i + 1}: {error.Message} Delete it, or name another folder with --out.", error);
            }
        }

        if (read.Count > 0 && (read[0].Key != "subject" || read[0].Value.GetString() != subject))
            throw new EvalException($"{path} holds the results of something else ({read[0].Value}), not of {subject}. Delete it, or name another folder with --out.");
        if (read.Count == 0)
            read.Add(("subject", JsonSerializer.SerializeToElement(subject)));

        // Written anew, so that half a line at the end is gone.
        var whole = path + ".new";
        File.WriteAllLines(whole, read.Select(pair => Line(pair.Key, pair.Value)));
        File.Move(whole, path, overwrite: true);
        var journal = new Journal(new StreamWriter(path, append: true) { AutoFlush = true }) { Found = read.Count - 1 };
        foreach (var (key, value) in read)
            journal.entries[key] = value;
        return journal;
    }

    public bool Has(string key) => entries.ContainsKey(key);

    /// <summary>The result under a key; made and written when it is not there.</summary>
    public async Task<T> GetAsync<T>(string key, Func<Task<T>> make) => Has(key) ? Get<T>(key) : Add(key, await make());

    public T Get<T>(string key) => entries[key].Deserialize<T>()
        ?? throw new EvalException($"The journal's entry {key} is empty. Delete the journal, or name another folder with --out.");

    public T Add<T>(string key, T value)
    {
        var json = JsonSerializer.SerializeToElement(value);
        writer.WriteLine(Line(key, json));
        entries[key] = json;
        return value;
    }

    public void Dispose() => writer.Dispose();

    private static string Line(string key, JsonElement value) => JsonSerializer.Serialize(new { key, value });
}
