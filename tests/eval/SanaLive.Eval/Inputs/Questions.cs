using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace SanaLive.Eval.Inputs;

/// <summary>What the evaluation asks and compares with, from the training code: sentences held out from training, and fresh drawings.</summary>
/// <param name="folder"><c>gpu-runtime/training</c>.</param>
internal sealed class Questions(string folder)
{
    /// <summary>Sentences in frames, orders, casings and misspellings that training does not use.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Decides them.</param>
    /// <param name="pairs">Whether each asks for two values that training never shows together.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<IReadOnlyList<Sentence>> SentencesAsync(int count, int seed, bool pairs, CancellationToken cancellation) =>
        LinesAsync("heldout_sentences.py", ["--count", Text(count), "--seed", Text(seed), .. pairs ? ["--pairs"] : Array.Empty<string>()], count, cancellation);

    /// <summary>Sentences that name one attribute, for a running stream.</summary>
    public Task<IReadOnlyList<Sentence>> CuesAsync(int count, int seed, CancellationToken cancellation) =>
        LinesAsync("heldout_cues.py", ["--count", Text(count), "--seed", Text(seed)], count, cancellation);

    /// <summary>Drawings of anything, or of what is asked (one clip each); they are drawn while the earlier ones are looked at.</summary>
    public async IAsyncEnumerable<Rendering> DrawAsync(
        int count, int seed, int frames, int first, IReadOnlyList<IReadOnlyDictionary<string, string>>? asked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (first >= count)
            yield break;
        var input = asked is null ? null : string.Concat(asked.Select(values => JsonSerializer.Serialize(values) + "\n"));
        using var script = PythonScript.Start(
            folder, "render.py", input,
            ["--count", Text(count), "--seed", Text(seed), "--frames", Text(frames), "--from", Text(first), .. asked is null ? Array.Empty<string>() : ["--asked"]]);
        for (var i = first; i < count; i++)
        {
            if (await ReadAsync(script.Output, cancellation) is not { } rendering)
            {
                await script.FinishAsync(cancellation);
                throw new EvalException($"render.py ended after {i} of {count} clips.");
            }

            yield return rendering;
        }

        await script.FinishAsync(cancellation);
    }

    private async Task<IReadOnlyList<Sentence>> LinesAsync(string name, string[] arguments, int count, CancellationToken cancellation)
    {
        using var script = PythonScript.Start(folder, name, null, arguments);
        using var reader = new StreamReader(script.Output, Encoding.UTF8);
        var sentences = new List<Sentence>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
            sentences.Add(Parse(line));
        await script.FinishAsync(cancellation);
        return sentences.Count == count ? sentences : throw new EvalException($"{name} gave {sentences.Count} sentences instead of {count}.");
    }

    /// <exception cref="EvalException">The line is no sentence.</exception>
    internal static Sentence Parse(string line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var named = json.RootElement.GetProperty("values").EnumerateObject()
                .Where(pair => pair.Value.ValueKind != JsonValueKind.Null).ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
            return new Sentence(json.RootElement.GetProperty("text").GetString()!, named);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EvalException($"The training code wrote '{line}', which is no sentence with its values: {error.Message}", error);
        }
    }

    /// <summary>One clip, or null at the end.</summary>
    internal static async Task<Rendering?> ReadAsync(Stream output, CancellationToken cancellation)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await output.ReadAsync(one, cancellation) == 1 && one[0] != '\n')
            line.Add(one[0]);
        if (line.Count == 0)
            return null;
        using var json = JsonDocument.Parse(line.ToArray());
        var head = json.RootElement;
        var (frames, height, width) = (head.GetProperty("frames").GetInt32(), head.GetProperty("height").GetInt32(), head.GetProperty("width").GetInt32());
        var bytes = new byte[frames * height * width * 3];
        await output.ReadExactlyAsync(bytes, cancellation);
        return new Rendering(
            head.GetProperty("values").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!),
            head.GetProperty("pixelsPerSecond").GetDouble(), width, height, bytes);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
