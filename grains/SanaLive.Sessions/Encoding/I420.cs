using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SanaLive.Sessions.Encoding;

/// <summary>
/// RGB to the planes that video codecs take: Y at full size, U and V at half, BT.601, limited range (Y 16 to 235), chroma the mean of four
/// pixels. Integer arithmetic, so the vectorised body and the plain one give the same bytes.
/// </summary>
internal static class I420
{
    public static int Size(int width, int height) => width * height * 3 / 2;

    /// <param name="rgb">Shape [height, width, 3].</param>
    /// <param name="planes">Y [height, width], then U and V [height / 2, width / 2].</param>
    /// <param name="width">Even.</param>
    /// <param name="height">Even.</param>
    public static void FromRgb(ReadOnlySpan<byte> rgb, Span<byte> planes, int width, int height) =>
        Convert(rgb, planes, width, height, Vector128.IsHardwareAccelerated ? width & ~15 : 0);

    internal static void FromRgbPlainly(ReadOnlySpan<byte> rgb, Span<byte> planes, int width, int height) =>
        Convert(rgb, planes, width, height, 0);

    private static void Convert(ReadOnlySpan<byte> rgb, Span<byte> planes, int width, int height, int vectorised)
    {
        if (width <= 0 || height <= 0 || (width | height) % 2 != 0)
            throw new ArgumentException($"Width and height must be even and positive, not {width}x{height}.");
        if (rgb.Length != width * height * 3)
            throw new ArgumentException($"{width}x{height} pixels take {width * height * 3} bytes, not {rgb.Length}.", nameof(rgb));
        if (planes.Length != Size(width, height))
            throw new ArgumentException($"The planes of {width}x{height} pixels take {Size(width, height)} bytes, not {planes.Length}.", nameof(planes));

        var luma = planes[..(width * height)];
        var u = planes.Slice(width * height, width * height / 4);
        var v = planes[(width * height * 5 / 4)..];
        for (var row = 0; row < height; row += 2)
        {
            var above = rgb.Slice(row * width * 3, width * 3);
            var below = rgb.Slice((row + 1) * width * 3, width * 3);
            var lumaAbove = luma.Slice(row * width, width);
            var lumaBelow = luma.Slice((row + 1) * width, width);
            var uRow = u.Slice(row / 2 * (width / 2), width / 2);
            var vRow = v.Slice(row / 2 * (width / 2), width / 2);
            for (var x = 0; x < vectorised; x += 16)
                SixteenColumns(above[(x * 3)..], below[(x * 3)..], lumaAbove[x..], lumaBelow[x..], uRow[(x / 2)..], vRow[(x / 2)..]);
            for (var x = vectorised; x < width; x += 2)
                TwoColumns(above.Slice(x * 3, 6), below.Slice(x * 3, 6), lumaAbove[x..], lumaBelow[x..], out uRow[x / 2], out vRow[x / 2]);
        }
    }

    private static void TwoColumns(
        ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, Span<byte> lumaAbove, Span<byte> lumaBelow, out byte u, out byte v)
    {
        lumaAbove[0] = Luma(above[0], above[1], above[2]);
        lumaAbove[1] = Luma(above[3], above[4], above[5]);
        lumaBelow[0] = Luma(below[0], below[1], below[2]);
        lumaBelow[1] = Luma(below[3], below[4], below[5]);
        var r = (above[0] + above[3] + below[0] + below[3] + 2) >> 2;
        var g = (above[1] + above[4] + below[1] + below[4] + 2) >> 2;
        var b = (above[2] + above[5] + below[2] + below[5] + 2) >> 2;
        u = (byte)(((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128);
        v = (byte)(((112 * r - 94 * g - 18 * b + 128) >> 8) + 128);

        static byte Luma(int r, int g, int b) => (byte)(((66 * r + 129 * g + 25 * b + 128) >> 8) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixteenColumns(
        ReadOnlySpan<byte> above, ReadOnlySpan<byte> below, Span<byte> lumaAbove, Span<byte> lumaBelow, Span<byte> u, Span<byte> v)
    {
        var (r0, g0, b0) = Deinterleave(above);
        var (r1, g1, b1) = Deinterleave(below);
        Luma(r0, g0, b0).CopyTo(lumaAbove);
        Luma(r1, g1, b1).CopyTo(lumaBelow);
        var r = MeanOfFour(r0, r1);
        var g = MeanOfFour(g0, g1);
        var b = MeanOfFour(b0, b1);
        Chroma(r, g, b, -38, -74, 112).GetLower().CopyTo(u);
        Chroma(r, g, b, 112, -94, -18).GetLower().CopyTo(v);
    }

    /// <summary>48 bytes of R G B R G B ... into sixteen of each. An index of 16 or more shuffles in a zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> R, Vector128<byte> G, Vector128<byte> B) Deinterleave(ReadOnlySpan<byte> rgb)
    {
        var first = Vector128.Create(rgb);
        var second = Vector128.Create(rgb[16..]);
        var third = Vector128.Create(rgb[32..]);
        const byte z = 0xFF;
        var r = Vector128.Shuffle(first, Vector128.Create(0, 3, 6, 9, 12, 15, z, z, z, z, z, z, z, z, z, z))
            | Vector128.Shuffle(second, Vector128.Create(z, z, z, z, z, z, 2, 5, 8, 11, 14, z, z, z, z, z))
            | Vector128.Shuffle(third, Vector128.Create(z, z, z, z, z, z, z, z, z, z, z, 1, 4, 7, 10, 13));
        var g = Vector128.Shuffle(first, Vector128.Create(1, 4, 7, 10, 13, z, z, z, z, z, z, z, z, z, z, z))
            | Vector128.Shuffle(second, Vector128.Create(z, z, z, z, z, 0, 3, 6, 9, 12, 15, z, z, z, z, z))
            | Vector128.Shuffle(third, Vector128.Create(z, z, z, z, z, z, z, z, z, z, z, 2, 5, 8, 11, 14));
        var b = Vector128.Shuffle(first, Vector128.Create(2, 5, 8, 11, 14, z, z, z, z, z, z, z, z, z, z, z))
            | Vector128.Shuffle(second, Vector128.Create(z, z, z, z, z, 1, 4, 7, 10, 13, z, z, z, z, z, z))
            | Vector128.Shuffle(third, Vector128.Create(z, z, z, z, z, z, z, z, z, z, 0, 3, 6, 9, 12, 15));
        return (r, g, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Luma(Vector128<byte> r, Vector128<byte> g, Vector128<byte> b)
    {
        var (rl, rh) = Vector128.Widen(r);
        var (gl, gh) = Vector128.Widen(g);
        var (bl, bh) = Vector128.Widen(b);
        return Vector128.Narrow(Half(rl, gl, bl), Half(rh, gh, bh));

        // At most 66*255 + 129*255 + 25*255 + 128 = 56,228: it fits.
        static Vector128<ushort> Half(Vector128<ushort> r, Vector128<ushort> g, Vector128<ushort> b) =>
            ((r * 66 + g * 129 + b * 25 + Vector128.Create((ushort)128)) >>> 8) + Vector128.Create((ushort)16);
    }

    /// <summary>Sixteen columns of two rows into eight rounded means.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> MeanOfFour(Vector128<byte> above, Vector128<byte> below)
    {
        var low = Vector128.Create((ushort)0xFF);
        var a = above.AsUInt16();
        var b = below.AsUInt16();
        var sum = (a & low) + (a >>> 8) + (b & low) + (b >>> 8);
        return ((sum + Vector128.Create((ushort)2)) >>> 2).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Chroma(Vector128<short> r, Vector128<short> g, Vector128<short> b, short kr, short kg, short kb)
    {
        var value = ((r * kr + g * kg + b * kb + Vector128.Create((short)128)) >> 8) + Vector128.Create((short)128);
        return Vector128.Narrow(value.AsUInt16(), value.AsUInt16());
    }
}
