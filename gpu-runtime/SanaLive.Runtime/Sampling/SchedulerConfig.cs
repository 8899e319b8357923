using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Sampling;

/// <summary>How clips are sampled: a published folder's <c>scheduler/scheduler_config.json</c>. Settings that would change the numbers and are not known are refused.</summary>
public sealed record SchedulerConfig(SchedulerKind Kind, double Shift)
{
    public const int MostSteps = 1000;

    /// <summary>1 to 3; Euler has none.</summary>
    public int Order { get; init; } = 2;

    /// <summary>DPM-Solver++: <c>solver_type</c> heun; UniPC: bh1.</summary>
    public bool OtherSolver { get; init; }

    public bool LowerOrderFinal { get; init; } = true;

    /// <summary>UniPC: steps whose result is left uncorrected.</summary>
    public IReadOnlyList<int> DisableCorrector { get; init; } = [];

    /// <summary>Euler with this config's shift: image-to-video is stepped by it, whatever steps text-to-video.</summary>
    public SchedulerConfig ForImageToVideo() => new(SchedulerKind.FlowEuler, Shift);

    /// <exception cref="CheckpointException">Missing, unreadable, or a kind or setting that this runtime does not have.</exception>
    public static SchedulerConfig Read(string path)
    {
        try
        {
            using var json = HubJson.Read(path);
            return Read(json.RootElement, json.RootElement.Need("_class_name").GetString() ?? string.Empty, path);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <param name="json">The settings.</param>
    /// <param name="className">Of the scheduler.</param>
    /// <param name="source">For the error's sentence.</param>
    public static SchedulerConfig Read(JsonElement json, string className, string source)
    {
        var kind = className switch
        {
            "DPMSolverMultistepScheduler" => SchedulerKind.DpmSolver,
            "UniPCMultistepScheduler" => SchedulerKind.UniPc,
            "FlowMatchEulerDiscreteScheduler" => SchedulerKind.FlowEuler,
            _ => throw new CheckpointException($"{source} names the scheduler {className}; DPMSolverMultistepScheduler, UniPCMultistepScheduler and FlowMatchEulerDiscreteScheduler are known."),
        };
        string[] off = ["thresholding", "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_dynamic_shifting",
            "invert_sigmas", "stochastic_sampling", "rescale_betas_zero_snr"];
        foreach (var name in off)
            Refuse(name, value => value.ValueKind == JsonValueKind.True);
        foreach (var name in new[] { "shift_terminal", "solver_p", "sigma_min", "sigma_max" })
            Refuse(name, value => value.ValueKind != JsonValueKind.Null);
        Refuse("num_train_timesteps", value => value.GetInt32() != NoiseLevels.Timesteps);
        var shift = json.Need(kind == SchedulerKind.FlowEuler ? "shift" : "flow_shift").GetDouble();
        if (!(shift > 0 && double.IsFinite(shift)))
            throw new CheckpointException($"{source} has a flow shift of {shift}; it must be above 0.");
        if (kind == SchedulerKind.FlowEuler)
            return new SchedulerConfig(kind, shift);

        foreach (var (name, wanted) in new[] { ("prediction_type", "flow_prediction"), ("final_sigmas_type", "zero"), ("algorithm_type", "dpmsolver++") })
            Refuse(name, value => value.GetString() != wanted);
        foreach (var name in new[] { "use_flow_sigmas", "predict_x0" })
            Refuse(name, value => value.ValueKind != JsonValueKind.True);
        var (first, second) = kind == SchedulerKind.DpmSolver ? ("midpoint", "heun") : ("bh2", "bh1");
        Refuse("solver_type", value => value.GetString() != first && value.GetString() != second);
        Refuse("solver_order", value => value.GetInt32() is < 1 or > 3);
        return new SchedulerConfig(kind, shift)
        {
            Order = json.TryGetProperty("solver_order", out var order) ? order.GetInt32() : 2,
            OtherSolver = json.TryGetProperty("solver_type", out var solver) && solver.GetString() == second,
            LowerOrderFinal = !json.TryGetProperty("lower_order_final", out var lower) || lower.GetBoolean(),
            DisableCorrector = json.TryGetProperty("disable_corrector", out var steps) ? [.. steps.EnumerateArray().Select(step => step.GetInt32())] : [],
        };

        void Refuse(string name, Func<JsonElement, bool> unknown)
        {
            if (json.TryGetProperty(name, out var value) && unknown(value))
                throw new CheckpointException($"{source} has {name} = {value}, which this runtime does not have.");
        }
    }

    /// <summary>A sampler for one clip.</summary>
    /// <param name="steps">1 to 1000.</param>
    public ClipSampler Create(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, MostSteps);
        return Kind switch
        {
            SchedulerKind.DpmSolver => new DpmSolverSampler(Shift, steps, Order, OtherSolver, LowerOrderFinal),
            SchedulerKind.UniPc => new UniPcSampler(Shift, steps, Order, OtherSolver, LowerOrderFinal, DisableCorrector),
            _ => new FlowEulerSampler(Shift, steps),
        };
    }
}
