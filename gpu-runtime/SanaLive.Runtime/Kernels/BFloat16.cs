namespace SanaLive.Runtime.Kernels;

/// <summary>bf16 is the upper half of a 32-bit float: 8 bits of exponent, 8 of precision.</summary>
internal static class BFloat16
{
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>To the nearest, ties to even; what is not a number stays so.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    public static float[] Widen(ReadOnlySpan<ushort> values)
    {
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = Widen(values[i]);
        return result;
    }

    public static ushort[] Round(ReadOnlySpan<float> values)
    {
        var result = new ushort[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = Round(values[i]);
        return result;
    }
}
