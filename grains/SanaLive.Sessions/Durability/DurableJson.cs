using System.Text.Json;
using System.Text.Json.Serialization;

namespace SanaLive.Sessions.Durability;

/// <summary>How journals and snapshots write JSON. Numbers come back exactly as they were.</summary>
internal static class DurableJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = false,
        AllowOutOfOrderMetadataProperties = false,
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <exception cref="StoreException">It is not what was written.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(utf8, Options) ?? throw new StoreException($"The {what} is empty.");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException)
        {
            throw new StoreException($"The {what} cannot be read: {e.Message}", e);
        }
    }
}
