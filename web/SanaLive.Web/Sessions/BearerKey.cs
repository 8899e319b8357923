using Microsoft.Net.Http.Headers;

namespace SanaLive.Web.Sessions;

/// <summary>The key in <c>Authorization: Bearer KEY</c>.</summary>
internal static class BearerKey
{
    private const string Scheme = "Bearer ";

    /// <summary>Null without one.</summary>
    public static string? Of(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var key = header[Scheme.Length..].Trim();
        return key.Length > 0 ? key : null;
    }

    /// <summary>Says in the answer what kind of key is asked for.</summary>
    public static void Demand(HttpResponse response) => response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
}
