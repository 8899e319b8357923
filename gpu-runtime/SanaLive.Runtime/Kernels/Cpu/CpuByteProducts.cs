namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>How products of 8-bit numbers are made. All ways give the same bits; the first alone is faster than fp32.</summary>
public enum CpuByteProducts
{
    /// <summary>AVX-VNNI.</summary>
    Vnni,

    /// <summary>AVX2 on 16-bit numbers.</summary>
    Avx2,

    /// <summary>Any processor, on 32-bit numbers.</summary>
    Portable,
}
