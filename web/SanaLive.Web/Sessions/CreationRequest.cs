using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Sessions;

/// <summary>
/// Reads what a new session is asked to be from JSON, from a form (<c>multipart/form-data</c>), or from nothing. Not bound as a parameter: an
/// address that has made too many sessions must be told before a picture of it is taken in.
/// </summary>
internal static class CreationRequest
{
    /// <summary>Bodies up to this size are received to their end and thrown away, to be refused with a sentence; larger ones are cut off.</summary>
    private const long DrainedBytes = 64 * 1024 * 1024;

    private const string Fields = "prompt, seed, controls, image";

    /// <exception cref="BadHttpRequestException">Not readable.</exception>
    /// <exception cref="SessionException">Read, and wrong.</exception>
    public static async Task<CreateSession> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return new CreateSession();
        if (request.ContentLength is > RequestLimits.CreationBytes and <= DrainedBytes) await RefuseAsync(request, cancellation);
        if (request.HasFormContentType) return await ReadFormAsync(request, cancellation);
        if (!request.HasJsonContentType()) throw new BadHttpRequestException("JSON or a form is needed.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await request.ReadFromJsonAsync<CreateSession>(JsonSettings.Api, cancellation) ?? new CreateSession();
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException(e.Message, e);
        }
    }

    /// <summary>Whoever is cut off while sending sees a broken connection, not why: photos are easily too large, and their senders should be told.</summary>
    private static async Task RefuseAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = DrainedBytes;
        await request.Body.CopyToAsync(Stream.Null, cancellation);
        throw new BadHttpRequestException("Too large.", StatusCodes.Status413PayloadTooLarge);
    }

    private static async Task<CreateSession> ReadFormAsync(HttpRequest request, CancellationToken cancellation)
    {
        var form = await OpenAsync(request, cancellation);
        if (form.Keys.Concat(form.Files.Select(file => file.Name)).FirstOrDefault(name => name is not ("prompt" or "seed" or "controls" or "image")) is { } unknown)
            throw Invalid($"The form has a field '{(unknown.Length <= 60 ? unknown : unknown[..60])}' that does not exist; a new session has {Fields}.");
        if (form.Any(field => field.Value.Count > 1) || form.Files.Count > 1 || (form.Files.Count == 1 && form.ContainsKey(form.Files[0].Name)))
            throw Invalid("The form has a field twice; give each once.");
        return new CreateSession(Text(form, "prompt"), Seed(Text(form, "seed")), Controls(Text(form, "controls")), await ImageAsync(form, cancellation));
    }

    private static async Task<IFormCollection> OpenAsync(HttpRequest request, CancellationToken cancellation)
    {
        var limits = new FormOptions
        {
            // Kept in memory, which is bounded: nothing that people send is written to a disk.
            MemoryBufferThreshold = RequestLimits.CreationBytes,
            MultipartBodyLengthLimit = RequestLimits.CreationBytes,
            ValueLengthLimit = RequestLimits.CreationBytes,
            ValueCountLimit = 16,
            KeyLengthLimit = 256,
        };
        try
        {
            return await request.ReadFormAsync(limits, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException && !request.HttpContext.RequestAborted.IsCancellationRequested))
        {
            throw new BadHttpRequestException($"the form is damaged ({e.Message})", e);
        }
    }

    private static string? Text(IFormCollection form, string name)
    {
        if (form.Files[name] is not null && name != "image") throw Invalid($"The field '{name}' is a text, not a file.");
        return form.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    private static ulong? Seed(string? text) => text is null ? null
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
        : throw Invalid($"The field 'seed' is a whole number from 0 to {CreateSession.MaxSeed}.");

    private static Dictionary<string, ControlValue>? Controls(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<Dictionary<string, ControlValue>>(json, JsonSettings.Api);
        }
        catch (JsonException)
        {
            throw Invalid("""The field 'controls' is a JSON object of names and values, such as {"hour":16.5,"direction":"left"}.""");
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> ImageAsync(IFormCollection form, CancellationToken cancellation)
    {
        if (form.Files["image"] is { } file)
        {
            var bytes = new byte[file.Length];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(bytes, cancellation);
            return bytes;
        }

        if (Text(form, "image") is { } text) return PictureText.Decode(Encoding.UTF8.GetBytes(text));
        return null;
    }

    private static SessionException Invalid(string sentence) => new(SessionError.Invalid, sentence);
}
