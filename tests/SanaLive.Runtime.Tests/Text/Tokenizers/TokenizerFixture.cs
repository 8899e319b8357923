using System.Text.Json;

namespace SanaLive.Runtime.Tests.Text.Tokenizers;

/// <summary>The small tokenizer in Gemma's likeness (fixture/fixture.py made it), and what SentencePiece and Hugging Face's tokenizers make of some texts with it.</summary>
internal static class TokenizerFixture
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests/SanaLive.Runtime.Tests/Text/Tokenizers/fixture");

    public static string Json => Path.Combine(Folder, "tokenizer.json");

    public static string Model => Path.Combine(Folder, "tokenizer.model");

    public static IReadOnlyList<(string Text, int[] SentencePiece, int[] HuggingFace)> Cases { get; } = Read();

    private static (string, int[], int[])[] Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "ids.json")));
        return [.. json.RootElement.EnumerateArray().Select(line => (line.GetProperty("text").GetString()!, Ids(line, "sentencepiece"), Ids(line, "huggingface")))];

        static int[] Ids(JsonElement line, string name) => [.. line.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
    }
}
