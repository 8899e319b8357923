namespace SanaLive.Runtime.Sampling;

/// <summary>
/// Gaussian noise that is a pure function of (seed, block, step, index): Philox4x32-10 counters, then the inverse of the
/// normal distribution. Only IEEE basic operations and square roots are used, so the numbers are the same on every machine.
/// </summary>
/// <remarks>Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011; Wichura, algorithm AS 241 (PPND16), 1988.</remarks>
public static class CounterNoise
{
    /// <summary>Fills a span; element i depends on nothing but the arguments and i.</summary>
    public static void Fill(ulong seed, long block, int step, Span<float> values)
    {
        for (var i = 0; i < values.Length; i += 4)
        {
            var (a, b, c, d) = Philox(
                (uint)(i >> 2), (uint)step, (uint)block, (uint)((ulong)block >> 32), (uint)seed, (uint)(seed >> 32));
            values[i] = Normal(a);
            if (i + 1 < values.Length)
                values[i + 1] = Normal(b);
            if (i + 2 < values.Length)
                values[i + 2] = Normal(c);
            if (i + 3 < values.Length)
                values[i + 3] = Normal(d);
        }
    }

    /// <summary>Ten rounds of Philox4x32.</summary>
    internal static (uint A, uint B, uint C, uint D) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53ul * c0;
            var p1 = 0xCD9E8D57ul * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The normal quantile at (bits + 1/2) / 2^32.</summary>
    internal static float Normal(uint bits)
    {
        var q = (bits + 0.5) / 4294967296.0 - 0.5;
        if (q is >= -0.425 and <= 0.425)
        {
            var r = 0.180625 - q * q;
            return (float)(q * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r + 133.14166789178437745) * r
                + 3.387132872796366608)
                / (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0));
        }

        var tail = q < 0 ? 0.5 + q : 0.5 - q;
        var t = Math.Sqrt(-Log(tail));
        double value;
        if (t <= 5)
        {
            t -= 1.6;
            value = (((((((7.7454501427834140764e-4 * t + 0.0227238449892691845833) * t + 0.24178072517745061177) * t
                + 1.27045825245236838258) * t + 3.64784832476320460504) * t + 5.7694972214606914055) * t + 4.6303378461565452959) * t
                + 1.42343711074968357734)
                / (((((((1.05075007164441684324e-9 * t + 5.475938084995344946e-4) * t + 0.0151986665636164571966) * t
                + 0.14810397642748007459) * t + 0.68976733498510000455) * t + 1.6763848301838038494) * t + 2.05319162663775882187) * t + 1.0);
        }
        else
        {
            throw new InvalidOperationException("A 32-bit uniform has no such tail.");
        }

        return (float)(q < 0 ? -value : value);
    }

    /// <summary>The natural logarithm by mantissa, exponent and a series; about 1e-16 relative.</summary>
    internal static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var series = 0.0;
        for (var n = 23; n >= 1; n -= 2)
            series = series * square + 1.0 / n;
        return exponent * 0.6931471805599453 + 2 * s * series;
    }
}
