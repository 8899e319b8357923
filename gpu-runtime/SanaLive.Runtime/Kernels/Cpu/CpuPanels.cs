namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Packed weights as a chunk of a product reads them, panel by panel: floats where they lie; bf16 widened into the worker's scratch memory,
/// once for all rows of the chunk, so that from then on the product is the one of floats.
/// </summary>
internal unsafe struct CpuPanels
{
    /// <summary>Bytes of input rows that share a widened panel: beside it they stay in the second-level cache.</summary>
    private const int RowBytes = 1 << 20;

    /// <summary>Of all panels, or null.</summary>
    public float* Floats;

    /// <summary>Of all panels, or null.</summary>
    public ushort* Halves;

    /// <summary>Numbers of one panel, a multiple of 32.</summary>
    public nint Length;

    /// <summary>Room for one panel of every worker; null for floats.</summary>
    public float* Scratch;

    /// <summary>Rows that share a pass over the panels.</summary>
    /// <param name="rowLength">Numbers of one row.</param>
    /// <param name="rows">As many as four tall tiles, for weights that need no widening.</param>
    public readonly int RowsPerBlock(int rowLength, int rows) =>
        Halves == null ? rows : Math.Clamp(RowBytes / sizeof(float) / rowLength / GemmTile.MaxRows, 8, 20) * GemmTile.MaxRows;

    public readonly float* Panel<T>(int panel, int worker)
        where T : unmanaged, ILanes<T>
    {
        if (Halves == null)
            return Floats + (panel * Length);
        var widened = Scratch + (worker * Length);
        LaneMath.Widen<T>(Halves + (panel * Length), widened, Length);
        return widened;
    }
}
