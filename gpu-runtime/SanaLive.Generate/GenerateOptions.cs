using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Generate;

/// <summary>What a person asked for on the command line.</summary>
internal sealed record GenerateOptions(
    string Prompt, double? Seconds, string Out, ulong Seed, IReadOnlyList<TimedCue> Cues, string? Model, int Threads, string? Image = null, Precision? Precision = null)
{
    public const double DefaultSeconds = 20;

    public const string Usage = """
        usage: ./sanalive generate --prompt TEXT | --image FILE [options]

          --prompt TEXT    what to see; without it what the image shows, or the model's own default
          --image FILE     a PNG or JPEG that the clip begins with; cropped around its middle to the model's shape
          --seconds N      length of the clip, 0.5 to 3600 (20; as --frames says)
          --frames N       the same in frames (81 for models of clips)
          --out FILE       clip.mp4 or clip.webm (clip.mp4)
          --seed N         another stream of the same prompt (1)
          --cue "T:TEXT"   a new prompt at second T; may be repeated ("t=3:night" is the same)
          --model FOLDER   another model than the embedded one: a published SANA-Video or LongSANA, as it was downloaded, or the name
                           that ./sanalive models add gave it
          --size HxW       of the pictures, for published models: 480x832, 704x1280, ... (what fits the image, or the model's own)
          models of clips (SANA-Video) alone:
          --negative TEXT  what not to see (what the model's makers guide away from)
          --steps N        denoising steps, 1 to 1000 (50)
          --cfg N          guidance, 0 to 100; 1 is none and takes half the time (6)

          --threads N      threads that compute (all processors)
          --precision P    fp32, bf16 (weights that take half the memory) or int8 (int8 where the model loses nothing by it and the processor has AVX-VNNI)
        """;

    /// <summary>Instead of <see cref="Seconds"/>.</summary>
    public int? Frames { get; init; }

    public PictureSize? Size { get; init; }

    public string? Negative { get; init; }

    public int? Steps { get; init; }

    public float? Guidance { get; init; }

    /// <exception cref="FormatException">Says which argument and why.</exception>
    public static GenerateOptions Parse(string[] args)
    {
        var options = new GenerateOptions(string.Empty, null, "clip.mp4", 1, [], null, 0);
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i];
            if (i + 1 >= args.Length)
                throw new FormatException($"{name} needs a value. Try --help.");
            var value = args[i + 1];
            options = name switch
            {
                "--prompt" => options with { Prompt = value },
                "--seconds" => options with { Seconds = Number(name, value, 0.5, 3600) },
                "--frames" => options with { Frames = (int)Number(name, value, 1, 100_000) },
                "--size" => options with { Size = PictureSize.Parse(value) },
                "--negative" => options with { Negative = value },
                "--steps" => options with { Steps = (int)Number(name, value, 1, 1000) },
                "--cfg" => options with { Guidance = (float)Number(name, value, 0, 100) },
                "--out" => options with { Out = value },
                "--seed" => options with { Seed = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : throw Bad(name, value, "a whole number from 0") },
                "--cue" => options with { Cues = [.. options.Cues, Cue(value)] },
                "--image" => options with { Image = value },
                "--model" => options with { Model = value },
                "--threads" => options with { Threads = (int)Number(name, value, 0, 256) },
                "--precision" => options with { Precision = value switch
                {
                    "fp32" => Runtime.Kernels.Precision.Fp32,
                    "bf16" => Runtime.Kernels.Precision.Bf16,
                    "int8" => Runtime.Kernels.Precision.Int8,
                    _ => throw Bad(name, value, "fp32, bf16 or int8"),
                } },
                _ => throw new FormatException($"There is no option {name}. Try --help."),
            };
        }

        if (options is { Seconds: not null, Frames: not null })
            throw new FormatException("--seconds and --frames say the same: give one of them.");
        return options with { Cues = [.. options.Cues.OrderBy(cue => cue.Seconds)] };
    }

    private static TimedCue Cue(string value)
    {
        var text = value.StartsWith("t=", StringComparison.Ordinal) ? value[2..] : value;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || text[(colon + 1)..].Trim().Length == 0)
            throw Bad("--cue", value, "a second, a colon and a prompt, such as \"3:night falls\"");
        return new TimedCue(Number("--cue", text[..colon], 0, 3600), text[(colon + 1)..].Trim());
    }

    private static double Number(string name, string value, double from, double to) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to
            ? number
            : throw Bad(name, value, string.Create(CultureInfo.InvariantCulture, $"a number from {from} to {to}"));

    private static FormatException Bad(string name, string value, string wanted) => new($"{name} is '{value}', but must be {wanted}.");
}
