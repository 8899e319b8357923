using System.Text.Json.Serialization;

namespace SanaLive.Runtime.Engine;

/// <summary>What people need to know of a model before they use it.</summary>
public sealed record ModelCard
{
    public required string Name { get; init; }

    /// <summary>Hash of the weights and configuration; a state belongs to one fingerprint.</summary>
    public required string Fingerprint { get; init; }

    public required string License { get; init; }
    public required PromptSemantics PromptSemantics { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    public required int FramesPerSecond { get; init; }
    public required int FramesPerBlock { get; init; }

    /// <summary>Frames of a block that begins a scene: a stream's first, and one after a cut. As others have unless the model says so.</summary>
    public int FirstBlockFrames
    {
        get => field > 0 ? field : FramesPerBlock;
        init;
    }

    /// <summary>Bytes of one picture: [height, width, 3].</summary>
    [JsonIgnore]
    public int PictureBytes => Width * Height * 3;

    /// <summary>All parameters: transformer, VAE and text encoder.</summary>
    public required long Parameters { get; init; }

    /// <summary>Of all weights' files; 0 when nobody says.</summary>
    public long WeightBytes { get; init; }

    /// <summary>The pictures' sizes that the model was trained with, height first, for example <c>480x832</c>; the one in use is <see cref="Height"/> x <see cref="Width"/>.</summary>
    public IReadOnlyList<string> Sizes { get; init; } = [];

    /// <summary>Denoising steps per block.</summary>
    public required int Steps { get; init; }

    /// <summary>In words, for example <c>window(3)</c>.</summary>
    public required string StatePolicy { get; init; }

    /// <summary>Bytes of a stream's state on this engine, the same at every block of every stream; 0 when the engine does not say.</summary>
    public long StateBytes { get; init; }

    /// <summary>The prompt of a stream that was given none.</summary>
    public required string DefaultPrompt { get; init; }

    /// <summary>Whole prompts worth trying.</summary>
    public required IReadOnlyList<string> Suggestions { get; init; }

    /// <summary>What the model can be told apart by, for example <c>biome</c> → its words. Empty for an open vocabulary.</summary>
    public required IReadOnlyList<VocabularyAttribute> Vocabulary { get; init; }

    /// <summary>What can be set by typed values instead of words; empty for a model that is steered by prompts alone.</summary>
    public IReadOnlyList<ModelControl> Controls { get; init; } = [];

    /// <summary>
    /// Bytes by which a KV cache of the same transformer would grow with every block (keys and values of every layer and token,
    /// fp32), to compare the constant-size state with; null when nobody worked it out.
    /// </summary>
    public long? KeyValueBytesPerBlock { get; init; }

    /// <summary>Media time of one block that begins no scene.</summary>
    public TimeSpan BlockDuration => TimeSpan.FromSeconds((double)FramesPerBlock / FramesPerSecond);

    /// <summary>Why these controls cannot be asked for, in a sentence that says what can; null when they can.</summary>
    public string? ProblemWith(IReadOnlyDictionary<string, ControlValue>? controls)
    {
        if (controls is null || controls.Count == 0)
            return null;
        if (Controls.Count == 0)
            return $"The model {Name} has no controls: say it in a prompt.";
        var set = new Dictionary<string, string>();
        foreach (var (name, value) in controls)
        {
            if (Controls.FirstOrDefault(known => known.Name == name) is not { } control)
                return $"There is no control '{ModelControl.Shortened(name)}'; the model {Name} has {string.Join(", ", Controls.Select(known => known.Name))}.";
            if (control.ProblemWith(value) is { } problem)
                return problem;
            if (!set.TryAdd(control.Attribute, name))
                return $"The controls '{set[control.Attribute]}' and '{name}' set the same: give one of them.";
        }

        return null;
    }
}
