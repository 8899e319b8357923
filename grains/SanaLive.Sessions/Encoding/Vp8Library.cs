using System.Runtime.InteropServices;

namespace SanaLive.Sessions.Encoding;

/// <summary>The system's libvpx, found and checked once: its version, and the ABI number that it accepts.</summary>
internal static unsafe class Vp8Library
{
    private static readonly Lazy<int> Abi = new(FindAbi);

    /// <summary>For example <c>v1.12.0</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8(LibVpx.Version()) ?? "unknown";

    /// <summary>The value of <c>VPX_ENCODER_ABI_VERSION</c> in the headers that the library was built from.</summary>
    public static int AbiVersion => Abi.Value;

    public static void Check(int error, string what)
    {
        if (error != LibVpx.CodecOk)
            throw new InvalidOperationException($"libvpx {Version} could not {what}: {Marshal.PtrToStringUTF8(LibVpx.ErrorText(error))}.");
    }

    /// <summary>
    /// The number is a sum of header revisions (25 in 1.12) that only a C compiler sees and that rises with the releases, mostly for VP9's sake.
    /// The library refuses any other before it looks at anything else, so asking upward finds it without a side effect.
    /// </summary>
    private static int FindAbi()
    {
        var codec = LibVpx.Vp8Interface();
        var config = (LibVpx.EncoderConfig*)NativeMemory.AllocZeroed(LibVpx.EncoderConfig.AllocatedBytes);
        var context = NativeMemory.AllocZeroed(Vp8Encoder.ContextBytes);
        try
        {
            Check(LibVpx.ConfigDefault(codec, config, 0), "tell its defaults");
            CheckLayout(config);
            for (var abi = 1; abi <= 255; abi++)
            {
                var error = LibVpx.Initialise(context, codec, config, 0, abi);
                if (error == LibVpx.CodecAbiMismatch) continue;
                Check(error, "start an encoder");
                Check(LibVpx.Destroy(context), "end an encoder");
                return abi;
            }

            throw new NotSupportedException($"libvpx {Version} accepts none of the known ABI versions.");
        }
        finally
        {
            NativeMemory.Free(context);
            NativeMemory.Free(config);
        }
    }

    // VP8's defaults have been the same since 2010: other numbers in these places mean that the structure has changed.
    private static void CheckLayout(LibVpx.EncoderConfig* c)
    {
        if ((c->Width, c->Height, c->TimebaseNumerator, c->TimebaseDenominator) != (320, 240, 1, 30)
            || (c->TargetBitrate, c->MinQuantizer, c->MaxQuantizer) != (256, 4, 63)
            || (c->BufferSize, c->BufferInitial, c->BufferOptimal) != (6000, 4000, 5000)
            || (c->KeyframeMode, c->KeyframeMinDistance, c->KeyframeMaxDistance) != (1, 0, 128))
            throw new NotSupportedException(
                $"libvpx {Version} lays its encoder settings out in a way that is not known here; libvpx 1.8 to 1.15 are known to work.");
    }
}
