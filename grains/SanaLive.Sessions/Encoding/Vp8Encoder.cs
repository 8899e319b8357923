using System.Runtime.InteropServices;

namespace SanaLive.Sessions.Encoding;

/// <summary>
/// Encodes blocks of one picture size to VP8, each a closed group of pictures. libvpx starts afresh at every block (its rate control
/// remembers), so a block's bytes depend on the block alone. One thread, no timing: the same frames give the same bytes.
/// Not for use by two threads at once.
/// </summary>
internal sealed unsafe class Vp8Encoder : IDisposable
{
    /// <summary><c>vpx_codec_ctx_t</c> is 56 bytes in libvpx 1.12; the rest is room to grow.</summary>
    public const int ContextBytes = 1024;

    private const double ReferencePixels = 320 * 192;
    private const double ReferenceFramesPerSecond = 16;

    private readonly int _width;
    private readonly int _height;
    private readonly int _framesPerSecond;
    private readonly Vp8Options _options;
    private readonly nint _codec = LibVpx.Vp8Interface();
    private readonly int _abi = Vp8Library.AbiVersion;
    private readonly byte* _planes;
    private readonly void* _context;
    private readonly LibVpx.EncoderConfig* _config;
    private readonly nint _image;
    private bool _disposed;

    public Vp8Encoder(int width, int height, int framesPerSecond, Vp8Options options)
    {
        if (width <= 0 || height <= 0 || width > 16383 || height > 16383 || (width | height) % 2 != 0)
            throw new ArgumentException($"VP8 pictures here have an even width and height of at most 16382, not {width}x{height}.");
        ArgumentOutOfRangeException.ThrowIfLessThan(framesPerSecond, 1);
        (_width, _height, _framesPerSecond, _options) = (width, height, framesPerSecond, options);

        _planes = (byte*)NativeMemory.AlignedAlloc((nuint)I420.Size(width, height), 64);
        _context = NativeMemory.AllocZeroed(ContextBytes);
        _config = (LibVpx.EncoderConfig*)NativeMemory.AllocZeroed(LibVpx.EncoderConfig.AllocatedBytes);
        // Alignment 1 puts the three planes one behind the other without padding, as I420 writes them.
        _image = LibVpx.WrapImage(0, LibVpx.ImageI420, (uint)width, (uint)height, 1, _planes);
        if (_image == 0) throw new OutOfMemoryException("libvpx could not describe a picture.");
        Configure();
    }

    /// <summary>The frames of one block, in order; the first is a keyframe, none refers to another block.</summary>
    /// <param name="rgb">Shape [frames, height, width, 3].</param>
    public ReadOnlyMemory<byte>[] Encode(ReadOnlySpan<byte> rgb)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var frameBytes = _width * _height * 3;
        if (rgb.Length == 0 || rgb.Length % frameBytes != 0)
            throw new ArgumentException($"A block is a whole number of frames of {frameBytes} bytes, not {rgb.Length} bytes.", nameof(rgb));

        var frames = new ReadOnlyMemory<byte>[rgb.Length / frameBytes];
        var budget = BytesPerFrame * frames.Length;
        var most = _options.MaxQuantizer;
        for (var quantizer = _options.Quantizer; ;)
        {
            var bytes = EncodeAt(quantizer, rgb, frames, quantizer < most ? budget : double.PositiveInfinity);
            if (bytes <= budget || quantizer == most) return frames;
            // Measured: a step of the quantizer saves 4 to 5 % of the bytes.
            var steps = (int)Math.Ceiling(Math.Log(bytes / budget) / 0.045);
            quantizer = Math.Min(quantizer + Math.Max(steps, 2), most);
        }
    }

    private double BytesPerFrame => _options.MaxKilobits * 1000.0 / 8 / ReferenceFramesPerSecond * _width * _height / ReferencePixels;

    /// <summary>The block's bytes. Gives up as soon as they exceed <paramref name="limit"/>, and returns what they would have become.</summary>
    private double EncodeAt(int quantizer, ReadOnlySpan<byte> rgb, ReadOnlyMemory<byte>[] frames, double limit)
    {
        _config->MinQuantizer = _config->MaxQuantizer = (uint)quantizer;
        NativeMemory.Clear(_context, ContextBytes);
        Vp8Library.Check(LibVpx.Initialise(_context, _codec, _config, 0, _abi), "start an encoder");
        try
        {
            Vp8Library.Check(LibVpx.Control(_context, LibVpx.SetCpuUsed, -_options.Speed), "set its speed");
            var bytes = 0.0;
            for (var i = 0; i < frames.Length; i++)
            {
                var frame = rgb.Slice(i * _width * _height * 3, _width * _height * 3);
                I420.FromRgb(frame, new Span<byte>(_planes, I420.Size(_width, _height)), _width, _height);
                frames[i] = EncodeFrame(i);
                bytes += frames[i].Length;
                if (bytes > limit) return bytes + (frames.Length - 1 - i) * (i == 0 ? frames[0].Length / 2.0 : frames[i].Length);
            }

            return bytes;
        }
        finally
        {
            LibVpx.Destroy(_context);
        }
    }

    private byte[] EncodeFrame(int index)
    {
        var flags = index == 0 ? LibVpx.ForceKeyframe : 0;
        Vp8Library.Check(LibVpx.Encode(_context, _image, index, 1, flags, LibVpx.RealtimeDeadline), "encode a frame");
        void* iterator = null;
        for (var packet = LibVpx.NextPacket(_context, &iterator); packet != null; packet = LibVpx.NextPacket(_context, &iterator))
        {
            if (packet->Kind != LibVpx.FramePacket) continue;
            if ((packet->Flags & LibVpx.FrameIsKey) == 0 && index == 0)
                throw new InvalidOperationException("libvpx began a block without a keyframe.");
            return new ReadOnlySpan<byte>(packet->Data, checked((int)packet->Size)).ToArray();
        }

        throw new InvalidOperationException($"libvpx gave no picture for frame {index}.");
    }

    private void Configure()
    {
        Vp8Library.Check(LibVpx.ConfigDefault(_codec, _config, 0), "tell its defaults");
        _config->Threads = 1;
        _config->Width = (uint)_width;
        _config->Height = (uint)_height;
        _config->TimebaseNumerator = 1;
        _config->TimebaseDenominator = _framesPerSecond;
        _config->ErrorResilient = 0;
        _config->LagInFrames = 0;
        _config->DropFrameThreshold = 0;
        _config->ResizeAllowed = 0;
        // The quantizer is set for each pass: a target that is never reached keeps libvpx's own rate control out of it.
        _config->EndUsage = LibVpx.RateControl.Variable;
        _config->TargetBitrate = 1_000_000;
        // Keyframes only where a block begins: never by libvpx's own choice.
        _config->KeyframeMode = 0;
        _config->KeyframeMinDistance = 0;
        _config->KeyframeMaxDistance = 9999;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        LibVpx.FreeImage(_image);
        NativeMemory.Free(_config);
        NativeMemory.Free(_context);
        NativeMemory.AlignedFree(_planes);
    }
}
