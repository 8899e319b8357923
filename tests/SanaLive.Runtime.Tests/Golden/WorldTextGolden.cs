using System.Text;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Text;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>world_text: words, buckets, slots, readings, tags and conditions of the embedded world's text encoder.</summary>
internal static class WorldTextGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "text_encoder");
        using var checkpoint = Checkpoint.Open(part);
        using var prompts = new WorldPromptEncoder(golden.Kernels, part, checkpoint);
        var config = prompts.Encoder.Config;
        foreach (var hash in golden.Meta.GetProperty("fnv1a").EnumerateObject())
            Assert.Equal(hash.Value.GetUInt32(), PromptWords.Hash(Encoding.UTF8.GetBytes(hash.Name)));

        var conditions = golden.Meta.GetProperty("conditions").EnumerateArray().SelectMany(
            positions => prompts.Conditions.Rows([.. positions.EnumerateArray().Select(position => position.GetDouble())]));
        golden.Check("conditions", conditions.ToArray());

        var number = 0;
        foreach (var pair in golden.Meta.GetProperty("pairs").EnumerateArray())
        {
            var reading = prompts.Encoder.Read(pair.GetProperty("text").GetString()!);
            Assert.Equal(Strings(pair, "words"), reading.Words);
            if (PromptWords.Split(pair.GetProperty("text").GetString()!).LastOrDefault() is { } last)
                Assert.Equal(pair.GetProperty("buckets_of_last_word").EnumerateArray().Select(bucket => bucket.GetInt32()), PromptWords.Buckets(last, config.Buckets));
            golden.Check($"{number}.slots", reading.Slots);
            if (reading.Words.Count > 0)
                golden.Check($"{number}.tag_logits", reading.TagLogits);
            var values = prompts.World.Default;
            for (var i = 0; i < config.Attributes.Count; i++)
            {
                var name = config.Attributes[i].Name;
                golden.Check($"{number}.logits.{name}", reading.AttributeLogits[i]);
                Assert.Equal(pair.GetProperty("values").GetProperty(name).GetInt32(), reading.Values[i] + 1 ?? 0);
                if (reading.Values[i] is { } word)
                    values = values.With(i, word);
            }

            Assert.Equal(Strings(pair, "tags"), reading.Tags.Select(tag => config.Tags[tag]));
            Assert.Equal(pair.GetProperty("canonical").GetString(), prompts.World.Sentence(values));
            number++;
        }
    }

    private static string[] Strings(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetString()!)];
}
