using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace SanaLive.Rtc;

/// <summary>The one UDP socket. Sending may be done from any thread and never throws.</summary>
internal sealed class RtcSocket : IDisposable
{
    /// <summary>A keyframe for every viewer at once has to fit into the system's buffers.</summary>
    private const int BufferBytes = 4 << 20;

    private readonly Socket socket;
    private readonly ILogger logger;
    private readonly double loss;
    private readonly Random lossSource;
    private readonly Lock lossLock = new();
    private int sendFailed;

    private RtcSocket(Socket socket, RtcOptions options, ILogger logger)
    {
        this.socket = socket;
        this.logger = logger;
        loss = options.LossForTests;
        lossSource = new Random(options.LossSeed);
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    /// <exception cref="RtcException"><see cref="RtcError.PortInUse"/> or <see cref="RtcError.CannotListen"/>.</exception>
    public static RtcSocket Bind(RtcOptions options, ILogger logger)
    {
        var address = options.ListenAddress;
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.SendBufferSize = BufferBytes;
            socket.ReceiveBufferSize = BufferBytes;
            socket.Bind(new IPEndPoint(address, options.Port));
            return new RtcSocket(socket, options, logger);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw error.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? new RtcException(RtcError.PortInUse, $"UDP port {options.Port} is in use by another program; choose another port for WebRTC, or 0 for any.", error)
                : new RtcException(RtcError.CannotListen, $"Cannot listen on {address} port {options.Port} (UDP): {error.Message}.", error);
        }
    }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, SocketAddress from, CancellationToken cancellation) =>
        socket.ReceiveFromAsync(buffer, SocketFlags.None, from, cancellation);

    /// <returns>False when the system refused the datagram.</returns>
    public bool Send(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        if (loss > 0 && IsLost()) return true;
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to);
            return true;
        }
        catch (SocketException error)
        {
            // A vanished route or a full buffer is a lost packet, which viewers can bear.
            if (Interlocked.Exchange(ref sendFailed, 1) == 0) Log.SendFailed(logger, error.Message);
            return false;
        }
        catch (ObjectDisposedException)
        {
            // The server stopped while a relay was sending.
            return false;
        }
    }

    public void Dispose() => socket.Dispose();

    private bool IsLost()
    {
        lock (lossLock) return lossSource.NextDouble() < loss;
    }
}
