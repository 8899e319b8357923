using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace SanaLive.Bench;

/// <summary>The system's OpenBLAS, if there is one: its matrix product beside ours, in the same process and the same run.</summary>
internal sealed unsafe class OpenBlas
{
    private const int RowMajor = 101;
    private const int NoTranspose = 111;
    private const int Transpose = 112;

    private readonly delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void> sgemm;
    private readonly delegate* unmanaged<int, void> setThreads;

    private OpenBlas(nint library)
    {
        sgemm = (delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(library, "cblas_sgemm");
        setThreads = (delegate* unmanaged<int, void>)NativeLibrary.GetExport(library, "openblas_set_num_threads");
        Name = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "openblas_get_config"))())!.Trim();
    }

    /// <summary>Version and kernels, as the library says.</summary>
    public string Name { get; }

    /// <summary>Null where it is not installed (Debian and Ubuntu: <c>libopenblas0-pthread</c>).</summary>
    public static OpenBlas? Find()
    {
        // Debian 12's takes new processors for old ones, and it reads the process's own environment, not the runtime's copy of it.
        if (OperatingSystem.IsLinux() && Avx512F.IsSupported)
            _ = SetEnvironment("OPENBLAS_CORETYPE", "SkylakeX", 0);
        return NativeLibrary.TryLoad("libopenblas.so.0", out var library) || NativeLibrary.TryLoad("openblas", typeof(OpenBlas).Assembly, null, out library)
            ? new OpenBlas(library)
            : null;
    }

    /// <summary>The call of <c>y = x W^T</c>; shapes [rows, inputs] and [outputs, inputs].</summary>
    public Action Product(int rows, int inputs, int outputs, int threads)
    {
        float* x = Numbers(rows * inputs), w = Numbers(outputs * inputs), y = Numbers(rows * outputs);
        setThreads(threads);
        return () => sgemm(RowMajor, NoTranspose, Transpose, rows, outputs, inputs, 1, x, inputs, w, inputs, 0, y, outputs);
    }

    /// <summary>Kept until the program ends: a handful of matrices.</summary>
    private static float* Numbers(int count)
    {
        var numbers = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
        for (var i = 0; i < count; i++)
            numbers[i] = (i % 17 / 8f) - 1;
        return numbers;
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
