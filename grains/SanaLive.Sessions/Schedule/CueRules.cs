using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Schedule;

/// <summary>What a request must be like before anything else is looked at. Each refusal says what to change.</summary>
internal static class CueRules
{
    public const int PromptLength = 2000;
    public const int ClientIdLength = 200;
    public const int BlendBlocks = 64;
    public const long BlocksAhead = 1_000_000;

    public static string Prompt(string? text)
    {
        var prompt = text?.Trim();
        if (string.IsNullOrEmpty(prompt)) throw Invalid("The prompt is empty: say what should be seen.");
        if (prompt.Length > PromptLength)
            throw Invalid($"The prompt has {prompt.Length} characters; at most {PromptLength} are allowed.");
        return prompt;
    }

    public static void Check(CreateSession request, ModelCard model)
    {
        if (request.Seed > CreateSession.MaxSeed) throw Invalid($"A seed is 0 to {CreateSession.MaxSeed}, not {request.Seed}.");
        Controls(request.Controls, model);
        if (request.Prompt is not null) Prompt(request.Prompt);
    }

    public static void Check(CueRequest request, ModelCard model)
    {
        if (request.Prompt is not null) Prompt(request.Prompt);
        else if (request.Controls is null or { Count: 0 }) throw Invalid("The cue is empty: give it a prompt, controls, or both.");
        Controls(request.Controls, model);
        if (request.AtBlock is < 0) throw Invalid($"atBlock is a block number from 0 on, not {request.AtBlock}; leave it out for the next block.");
        if (request.BlendBlocks is < 0 or > BlendBlocks)
            throw Invalid($"blendBlocks is 0 (a cut) to {BlendBlocks}, not {request.BlendBlocks}.");
        if (request.ClientId is { } id && (id.Length > ClientIdLength || string.IsNullOrWhiteSpace(id)))
            throw Invalid($"clientId has 1 to {ClientIdLength} characters; leave it out if you do not need one.");
    }

    private static void Controls(IReadOnlyDictionary<string, ControlValue>? controls, ModelCard model)
    {
        if (model.ProblemWith(controls) is { } problem) throw Invalid(problem);
    }

    public static SessionException Invalid(string sentence) => new(SessionError.Invalid, sentence);

    public static SessionException Conflict(string sentence) => new(SessionError.Conflict, sentence);
}
