using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Pictures;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions;

/// <summary>What a session begins with. All that the file of a start image leaves behind is its latents: a stream can be begun again with them.</summary>
/// <param name="Seed">0 to <see cref="CreateSession.MaxSeed"/>.</param>
/// <param name="Prompt">In force at block 0.</param>
/// <param name="Image">Null: the stream begins with noise.</param>
/// <param name="View">Of the image, for clients; null without one.</param>
/// <param name="Asked">What the prompt was read from, beside what was seen in the image; null for a session that was begun by an older version.</param>
internal sealed record SessionStart(ulong Seed, Prompt Prompt, StartImage? Image, StartView? View, SessionAsked? Asked = null)
{
    /// <summary>Reads what was asked for. What neither prompt nor controls name is as the picture shows it, if the model can tell; else as in its default prompt.</summary>
    /// <exception cref="SessionException">The request cannot be.</exception>
    public static async Task<SessionStart> ReadAsync(CreateSession request, SessionSurroundings around, CancellationToken cancellation)
    {
        var again = request.Replay?.Image;
        request = SessionReplay.Begin(request, around.Model);
        CueRules.Check(request, around.Model);
        var picture = request.Image is { } file ? await around.Pictures.ReadAsync(file, around.Model.Width, around.Model.Height, cancellation) : null;
        var image = again is not null ? again.Read(around.Engines.All[0].Engine) : picture is null ? null : await EncodeAsync(around.Engines, picture, cancellation);
        var seen = image is { Controls.Count: > 0 } ? await SessionPrompts.ReadAsync(around.Engines, null, null, null, image.Controls, cancellation) : null;
        var asked = request.Prompt is not null || request.Controls is { Count: > 0 };
        var words = asked || seen is not null ? request.Prompt : around.Model.DefaultPrompt;
        var prompt = asked || seen is null ? await SessionPrompts.ReadAsync(around.Engines, null, seen, words, request.Controls, cancellation) : seen;
        return new SessionStart(
            request.Seed ?? SessionSecrets.NewSeed(), prompt, image,
            again is not null ? new StartView(again.Width, again.Height, again.Note, seen?.Understood ?? [])
                : picture is null ? null
                : new StartView(picture.Width, picture.Height, picture.Note, seen?.Understood ?? []),
            new SessionAsked(request.Prompt, request.Controls));
    }

    private static async Task<StartImage> EncodeAsync(EnginePool engines, FittedPicture picture, CancellationToken cancellation)
    {
        try
        {
            return await engines.AskAsync(null, (engine, stop) => engine.ReadImageAsync(picture.Rgb, stop), cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or SessionException))
        {
            throw new SessionException(SessionError.Failed, $"The model could not read this picture: {e.Message}", e);
        }
    }
}
