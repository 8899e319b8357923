using System.Runtime.InteropServices;

namespace SanaLive.Eval.Measures;

/// <summary>Some seconds of a long stream, looked at half second by half second.</summary>
/// <param name="Minute">At whose end.</param>
/// <param name="Right">Of each attribute, the share of half seconds that show what is asked.</param>
/// <param name="Features">The judge's features of all half seconds, base64 of floats in a row.</param>
internal sealed record DriftLook(double Minute, Dictionary<string, double> Right, string Features)
{
    public static string Pack(IEnumerable<float[]> rows) => Convert.ToBase64String(MemoryMarshal.AsBytes<float>(rows.SelectMany(row => row).ToArray()));

    public static IEnumerable<float[]> Unpack(string features, int width) => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(features)).ToArray().Chunk(width);

    /// <summary>Pooled over the attributes.</summary>
    public double Share() => Right.Values.Average();
}
