using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SanaLive.Runtime.Engine;

/// <summary>The value of a control: a number or a word. In JSON it is just that, a number or a string.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct ControlValue
{
    /// <summary>Null when it is a word.</summary>
    public double? Number { get; private init; }

    /// <summary>Null when it is a number.</summary>
    public string? Word { get; private init; }

    public static implicit operator ControlValue(double number) => new() { Number = number };

    public static implicit operator ControlValue(string word) => new() { Word = word };

    public override string ToString() => Number is { } number ? number.ToString(CultureInfo.InvariantCulture) : $"'{Word}'";

    private sealed class Converter : JsonConverter<ControlValue>
    {
        public override ControlValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Number => reader.GetDouble(),
            JsonTokenType.String => reader.GetString()!,
            // Without a sentence of its own: the serializer then says which value of the document it is.
            _ => throw new JsonException(),
        };

        public override void Write(Utf8JsonWriter writer, ControlValue value, JsonSerializerOptions options)
        {
            if (value.Number is { } number) writer.WriteNumberValue(number);
            else writer.WriteStringValue(value.Word);
        }
    }
}
