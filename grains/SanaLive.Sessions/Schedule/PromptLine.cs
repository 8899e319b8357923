using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Schedule;

/// <summary>The prompt in force from block to block, with the blend that may be under way. A value: a block that fails has changed nothing.</summary>
/// <param name="InForce">The prompt that was switched to last.</param>
public sealed record PromptLine(Prompt InForce)
{
    /// <summary>What is blended into it, or was last; null after a cut.</summary>
    public Prompt? From { get; init; }

    public int BlendBlocks { get; init; }

    /// <summary>Blocks made since the switch, counted up to the end of the blend.</summary>
    public int Blended { get; init; }

    /// <summary>No block has been made since the switch.</summary>
    public bool Fresh { get; init; }

    /// <summary>Blended after <c>blendBlocks</c> blocks of equal steps: block i of n has the weight (i + 1) / (n + 1), the one after them 1.</summary>
    /// <param name="next">The prompt to switch to.</param>
    /// <param name="blendBlocks">0 is a cut: the stream forgets its past and begins a new scene.</param>
    /// <param name="blend">What lies between two prompts, as the engine sees it (<see cref="IEngine.Blend"/>).</param>
    public PromptLine Switch(Prompt next, int blendBlocks, Func<Prompt, Prompt, float, Prompt> blend) =>
        new(next) { From = blendBlocks > 0 ? Effective(blend) : null, BlendBlocks = blendBlocks, Fresh = true };

    /// <summary>What the engine is asked for the next block, and the line after that block.</summary>
    public (BlockRequest Request, PromptLine After) Next(long block, DateTimeOffset deadline)
    {
        var blending = From is not null && Blended < BlendBlocks;
        var request = new BlockRequest(
            InForce,
            deadline,
            blending ? From : null,
            blending ? (Blended + 1f) / (BlendBlocks + 1f) : 1f,
            // There is nothing before the first block that could be run again or forgotten.
            Recache: Fresh && From is not null && block > 0,
            Cut: Fresh && From is null && block > 0);
        var after = blending ? this with { Blended = Blended + 1, Fresh = false } : new PromptLine(InForce);
        return (request, after);
    }

    /// <summary>What the last block was made under, for a switch in the middle of a blend.</summary>
    private Prompt Effective(Func<Prompt, Prompt, float, Prompt> blend) => From is null ? InForce : blend(From, InForce, Blended / (BlendBlocks + 1f));
}
