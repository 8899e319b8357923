namespace SanaLive.Eval.Inputs;

/// <summary>A drawn clip.</summary>
/// <param name="Values">What it shows: all attributes.</param>
/// <param name="PixelsPerSecond">Of the nearest layer; negative to the left.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Frames">[count, height, width, 3], RGB.</param>
internal sealed record Rendering(IReadOnlyDictionary<string, string> Values, double PixelsPerSecond, int Width, int Height, byte[] Frames);
