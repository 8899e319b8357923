using System.Reflection;
using System.Runtime.InteropServices;

namespace SanaLive.Sessions.Encoding;

/// <summary>
/// The few calls of the system's libvpx that a VP8 encoder needs. Layouts are those of <c>vpx_encoder.h</c> on 64-bit Linux and were the
/// same in every release from 1.8 (libvpx.so.6) to 1.15 (libvpx.so.9); <see cref="Vp8Library"/> checks them against the library's own defaults.
/// </summary>
internal static unsafe partial class LibVpx
{
    public const int CodecOk = 0;
    public const int CodecAbiMismatch = 3;
    public const int FramePacket = 0;
    public const int ImageI420 = 0x102;
    public const nint ForceKeyframe = 1;
    public const uint FrameIsKey = 1;
    public const nuint RealtimeDeadline = 1;

    public const int SetCpuUsed = 13;

    private const string Library = "libvpx";

    /// <summary>Newest first; Debian and Ubuntu name their packages after the number (libvpx7 in Debian 12, libvpx9 in Debian 13).</summary>
    private static readonly string[] Names =
        ["libvpx.so.9", "libvpx.so.8", "libvpx.so.7", "libvpx.so.6", "libvpx.so", "libvpx.9.dylib", "libvpx.dylib"];

    static LibVpx() => NativeLibrary.SetDllImportResolver(typeof(LibVpx).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        foreach (var candidate in Names)
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var handle))
                return handle;
        throw new DllNotFoundException(
            "The VP8 encoder library libvpx was not found. On Debian or Ubuntu install it with 'apt-get install ffmpeg', or alone with "
            + "'apt-get install libvpx7' (Debian 12, Ubuntu 22.04) or 'libvpx9' (Debian 13, Ubuntu 24.04).");
    }

    [LibraryImport(Library, EntryPoint = "vpx_codec_vp8_cx")]
    public static partial nint Vp8Interface();

    [LibraryImport(Library, EntryPoint = "vpx_codec_version_str")]
    public static partial nint Version();

    [LibraryImport(Library, EntryPoint = "vpx_codec_enc_config_default")]
    public static partial int ConfigDefault(nint codec, EncoderConfig* config, uint usage);

    [LibraryImport(Library, EntryPoint = "vpx_codec_enc_init_ver")]
    public static partial int Initialise(void* context, nint codec, EncoderConfig* config, nint flags, int abiVersion);

    // Variadic in C. An integer argument travels in the same register either way on the 64-bit Linux ABIs (x86-64 System V, AAPCS64).
    [LibraryImport(Library, EntryPoint = "vpx_codec_control_")]
    public static partial int Control(void* context, int control, int value);

    [LibraryImport(Library, EntryPoint = "vpx_codec_encode")]
    public static partial int Encode(void* context, nint image, long time, nuint duration, nint flags, nuint deadline);

    [LibraryImport(Library, EntryPoint = "vpx_codec_get_cx_data")]
    public static partial Packet* NextPacket(void* context, void** iterator);

    [LibraryImport(Library, EntryPoint = "vpx_codec_destroy")]
    public static partial int Destroy(void* context);

    [LibraryImport(Library, EntryPoint = "vpx_codec_err_to_string")]
    public static partial nint ErrorText(int error);

    [LibraryImport(Library, EntryPoint = "vpx_img_wrap")]
    public static partial nint WrapImage(nint image, int format, uint width, uint height, uint strideAlign, byte* pixels);

    [LibraryImport(Library, EntryPoint = "vpx_img_free")]
    public static partial void FreeImage(nint image);

    /// <summary>The leading fields of <c>vpx_codec_enc_cfg_t</c>. The real structure is longer and grows; there is always room behind it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = AllocatedBytes)]
    public struct EncoderConfig
    {
        /// <summary>504 in libvpx 1.12.</summary>
        public const int AllocatedBytes = 8192;

        [FieldOffset(4)] public uint Threads;
        [FieldOffset(12)] public uint Width;
        [FieldOffset(16)] public uint Height;
        [FieldOffset(28)] public int TimebaseNumerator;
        [FieldOffset(32)] public int TimebaseDenominator;
        [FieldOffset(36)] public uint ErrorResilient;
        [FieldOffset(44)] public uint LagInFrames;
        [FieldOffset(48)] public uint DropFrameThreshold;
        [FieldOffset(52)] public uint ResizeAllowed;
        [FieldOffset(72)] public RateControl EndUsage;

        /// <summary>Kilobits per second.</summary>
        [FieldOffset(112)] public uint TargetBitrate;

        [FieldOffset(116)] public uint MinQuantizer;
        [FieldOffset(120)] public uint MaxQuantizer;
        [FieldOffset(124)] public uint UndershootPercent;
        [FieldOffset(128)] public uint OvershootPercent;

        /// <summary>Milliseconds, as the two after it.</summary>
        [FieldOffset(132)] public uint BufferSize;

        [FieldOffset(136)] public uint BufferInitial;
        [FieldOffset(140)] public uint BufferOptimal;
        [FieldOffset(160)] public int KeyframeMode;
        [FieldOffset(164)] public uint KeyframeMinDistance;
        [FieldOffset(168)] public uint KeyframeMaxDistance;
    }

    public enum RateControl : uint
    {
        Variable = 0,
    }

    /// <summary>The leading fields of <c>vpx_codec_cx_pkt_t</c>, for a packet that holds a frame.</summary>
    [StructLayout(LayoutKind.Explicit)]
    public struct Packet
    {
        [FieldOffset(0)] public int Kind;
        [FieldOffset(8)] public byte* Data;
        [FieldOffset(16)] public nuint Size;
        [FieldOffset(40)] public uint Flags;
    }
}
