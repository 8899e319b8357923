using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Engine;

/// <summary>What a model folder's <c>model_index.json</c> says of the model as a whole.</summary>
public sealed record ModelIndex(
    string Name, string License, int Width, int Height, int FramesPerSecond, int FramesPerLatent, int LatentFramesPerBlock,
    StatePolicy Policy, SamplingPlan Plan)
{
    private const string LongSanaLicense = "as its page on the hub says";
    private const int LongSanaFramesPerSecond = 16;
    private const int LongSanaBlock = 10;
    private const double LongSanaShift = 7;
    private static readonly float[] LongSanaTimesteps = [1000, 960, 889, 727];

    /// <summary>How a block is sampled that has no past to go on from: it decides the most, so a model may give it more steps.</summary>
    public SamplingPlan FirstBlockPlan { get; private init; } = Plan;

    /// <summary>Of a block that begins a scene: LongSANA gives it the remainder of its clips, one latent frame more.</summary>
    public int FirstBlockLatentFrames { get; init; } = LatentFramesPerBlock;

    /// <summary>Of the largest block.</summary>
    internal int MostLatentFrames => Math.Max(LatentFramesPerBlock, FirstBlockLatentFrames);

    /// <summary>
    /// In which the model's linears run where nobody chooses and the device is faster so: int8 only for weights of which the judge found that
    /// their pictures lose nothing by it (<c>./sanalive eval --quick --precision int8</c>).
    /// </summary>
    public Precision Precision { get; private init; } = Precision.Fp32;

    /// <summary>How LongSANA makes streams (section 3 of the reference): blocks of 10 latent frames, the first of 11, in 4 steps, all of the past counting.</summary>
    /// <param name="name">Of the checkpoint.</param>
    /// <param name="size">Of the pictures.</param>
    /// <param name="framesPerLatent">Of its autoencoder.</param>
    public static ModelIndex LongSana(string name, PictureSize size, int framesPerLatent) =>
        new(name, LongSanaLicense, size.Width, size.Height, LongSanaFramesPerSecond, framesPerLatent, LongSanaBlock, StatePolicy.Sum,
            SamplingPlan.LongSana(LongSanaTimesteps, new FlowSchedule(LongSanaShift)))
        {
            FirstBlockLatentFrames = LongSanaBlock + 1,
        };

    /// <exception cref="CheckpointException">Missing, unreadable, or of another kind.</exception>
    public static ModelIndex Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            if (json.Need("_class_name").GetString() != "SanaLiveWorldPipeline")
                throw new CheckpointException($"{path} is of the kind {json.Need("_class_name")}; this engine runs SanaLiveWorldPipeline and the published LongSANA folders.");
            var sampler = json.Need("sampler");
            var kind = sampler.Need("kind").GetString() switch
            {
                "renoise" => SamplerKind.Renoise,
                "euler" => SamplerKind.Euler,
                var other => throw new CheckpointException($"{path} has the sampler {other}; renoise and euler are known."),
            };
            var plan = PlanOf(sampler.Need("timesteps"), kind, path);
            foreach (var size in new[] { "width", "height", "frames_per_second", "frames_per_latent", "latent_frames_per_block" })
            {
                if (json.Need(size).GetInt32() < 1)
                    throw new CheckpointException($"{path} has {size} = {json.Need(size)}; it must be at least 1.");
            }

            return new ModelIndex(
                json.Need("name").GetString()!,
                json.Need("license").GetString()!,
                json.Need("width").GetInt32(),
                json.Need("height").GetInt32(),
                json.Need("frames_per_second").GetInt32(),
                json.Need("frames_per_latent").GetInt32(),
                json.Need("latent_frames_per_block").GetInt32(),
                StatePolicy.Parse(json.Need("state_policy").GetString()!),
                plan)
            {
                Precision = !json.TryGetProperty("precision", out var precision) ? Precision.Fp32
                    : Enum.TryParse<Precision>(precision.GetString(), ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
                    : throw new CheckpointException($"{path} has the precision {precision}; fp32 and int8 are known."),
                FirstBlockPlan = sampler.TryGetProperty("first_block_timesteps", out var first) ? PlanOf(first, kind, path) : plan,
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException or ArgumentOutOfRangeException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static SamplingPlan PlanOf(JsonElement json, SamplerKind kind, string path)
    {
        var timesteps = json.EnumerateArray().Select(timestep => timestep.GetSingle()).ToArray();
        if (timesteps.Length == 0 || timesteps.Any(t => t is <= 0 or > 1000) || timesteps.Zip(timesteps.Skip(1)).Any(pair => pair.First <= pair.Second))
            throw new CheckpointException($"{path} has the timesteps [{string.Join(", ", timesteps)}]; they must fall from at most 1000 to above 0.");
        return SamplingPlan.Of(kind, timesteps);
    }
}
