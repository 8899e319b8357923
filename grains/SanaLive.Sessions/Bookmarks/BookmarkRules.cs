using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Bookmarks;

/// <summary>What a bookmark may be called, and what is said of one that is not there.</summary>
internal static class BookmarkRules
{
    private const int NameLength = 80;

    /// <summary>Named bookmarks of a session, however small.</summary>
    public const int MostNamed = 200;

    public static string Name(string? name)
    {
        name = name?.Trim() ?? "";
        if (name.Length == 0) throw CueRules.Invalid("A bookmark needs a name: say what there is to come back to.");
        if (name.Length > NameLength) throw CueRules.Invalid($"The bookmark's name has {name.Length} characters; at most {NameLength} are allowed.");
        return name.Any(char.IsControl) ? throw CueRules.Invalid("The bookmark's name has characters that cannot be shown.") : name;
    }

    /// <param name="id">That was asked for.</param>
    /// <param name="given">Numbers given so far.</param>
    /// <param name="window">How far those that are taken unasked reach back.</param>
    public static SessionException Missing(string id, long given, TimeSpan window) =>
        id.Length > 1 && id[0] == 'b' && long.TryParse(id.AsSpan(1), System.Globalization.NumberStyles.None, null, out var number) && number >= 1 && number <= given
            ? new(SessionError.NotFound, $"The bookmark {id} is not kept any more: those that are taken unasked reach back {window.TotalMinutes:0.#} minutes as far as there is room; give one a name to keep it.")
            : new(SessionError.NotFound, $"This session has no bookmark '{(id.Length <= 40 ? id : id[..40])}'.");
}
