using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SanaLive.Web.Hosting;

/// <summary>Files in JSON are base64 strings; a <c>data:</c> URL, which browsers make of a file, is one too.</summary>
internal sealed class PictureConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // Without a sentence of its own: the serializer then says which value of the document it is.
        if (reader.TokenType != JsonTokenType.String) throw new JsonException();
        if (reader.ValueIsEscaped) return PictureText.Decode(Encoding.UTF8.GetBytes(reader.GetString()!));
        return PictureText.Decode(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
    }

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Span);
}
