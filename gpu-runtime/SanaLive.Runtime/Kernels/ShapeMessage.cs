using System.Runtime.CompilerServices;
using System.Text;

namespace SanaLive.Runtime.Kernels;

/// <summary>An error message that is only put together, and only allocates, when the shapes do not fit.</summary>
[InterpolatedStringHandler]
internal readonly ref struct ShapeMessage
{
    private readonly StringBuilder? text;

    public ShapeMessage(int literalLength, int formattedCount, bool fits, out bool needed)
    {
        needed = !fits;
        text = needed ? new StringBuilder(literalLength + 8 * formattedCount) : null;
    }

    public void AppendLiteral(string value) => text!.Append(value);

    public void AppendFormatted<TValue>(TValue value) => text!.Append(value);

    public override string ToString() => text?.ToString() ?? string.Empty;
}
