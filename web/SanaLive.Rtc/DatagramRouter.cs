using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using SanaLive.Rtc.Stun;

namespace SanaLive.Rtc;

/// <summary>
/// Receives every datagram of the one port and finds the viewer it belongs to: binding requests by their user name,
/// everything else by an address that an authenticated binding request came from. What belongs to nobody is counted and
/// dropped without an answer.
/// </summary>
internal sealed class DatagramRouter(RtcSocket socket, bool thisMachineOnly, ILogger logger, TimeProvider time)
{
    private const int MaxDatagram = 2048;

    /// <summary>Pairs of addresses that a viewer may try; beyond these the oldest is forgotten.</summary>
    private const int MaxAddressesPerViewer = 16;

    private const int MaxUserFragment = 64;

    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, ViewerConnection> byUserFragment = new();
    private readonly ConcurrentDictionary<SocketAddress, ViewerConnection> byAddress = new();
    private long received;
    private long malformed;
    private long unauthenticated;
    private long unknownSender;
    private long fromElsewhere;
    private long failed;

    public RtcServerStatistics Statistics => new()
    {
        Received = Volatile.Read(ref received),
        Malformed = Volatile.Read(ref malformed),
        Unauthenticated = Volatile.Read(ref unauthenticated),
        UnknownSender = Volatile.Read(ref unknownSender),
        FromElsewhere = Volatile.Read(ref fromElsewhere),
        Failed = Volatile.Read(ref failed),
    };

    public void Add(ViewerConnection connection) => byUserFragment[connection.Credentials.UserFragment] = connection;

    public void Remove(ViewerConnection connection)
    {
        byUserFragment.TryRemove(connection.Credentials.UserFragment, out _);
        foreach (var entry in byAddress)
        {
            // Another viewer may have the address by now.
            if (ReferenceEquals(entry.Value, connection)) byAddress.TryRemove(entry);
        }
    }

    /// <summary>Runs until cancelled. No datagram and no error of the socket ends it.</summary>
    public async Task ReceiveAsync(CancellationToken cancellation)
    {
        var buffer = GC.AllocateArray<byte>(MaxDatagram, pinned: true);
        var from = new SocketAddress(socket.LocalEndPoint.AddressFamily);
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var length = await socket.ReceiveAsync(buffer, from, cancellation).ConfigureAwait(false);
                received++;
                Handle(buffer.AsSpan(0, length), from);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException error)
            {
                // Not worth a viewer's picture; the pause keeps a lasting error from eating a core.
                Log.ReceiveFailed(logger, error);
                await Task.Delay(PauseAfterError, time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Handles one datagram; never throws.</summary>
    public void Handle(Span<byte> datagram, SocketAddress from)
    {
        try
        {
            Dispatch(datagram, from);
        }
        catch (Exception error)
        {
            failed++;
            Log.DatagramFailed(logger, datagram.Length, error);
        }
    }

    /// <summary>Tells the protocols apart by the first byte (RFC 7983).</summary>
    private void Dispatch(Span<byte> datagram, SocketAddress from)
    {
        switch (datagram.IsEmpty ? byte.MaxValue : datagram[0])
        {
            case <= 3:
                OnStun(datagram, from);
                break;
            case >= 20 and <= 63:
                if (byAddress.TryGetValue(from, out var viewer)) viewer.OnDtls(datagram);
                else unknownSender++;
                break;
            case >= 128 and <= 191 when datagram.Length >= 8 && datagram[1] is >= 192 and <= 223:
                if (!byAddress.TryGetValue(from, out var sender)) unknownSender++;
                else if (!sender.OnRtcp(datagram)) unauthenticated++;
                break;
            default:
                malformed++;
                break;
        }
    }

    private void OnStun(ReadOnlySpan<byte> datagram, SocketAddress from)
    {
        if (!StunRequest.TryRead(datagram, out var request))
        {
            malformed++;
            return;
        }

        if (Find(request.Username) is not { } viewer || !viewer.Credentials.Accept(request))
        {
            unauthenticated++;
            return;
        }

        if (!byAddress.TryGetValue(from, out var known) || !ReferenceEquals(known, viewer))
        {
            // Enough to keep others out: nothing but a binding request makes an address known.
            if (thisMachineOnly && !ThisMachine.Has(((IPEndPoint)socket.LocalEndPoint.Create(from)).Address))
            {
                fromElsewhere++;
                return;
            }

            Learn(viewer, from);
        }

        viewer.OnBinding(request, from);
    }

    private ViewerConnection? Find(ReadOnlySpan<byte> username)
    {
        var colon = username.IndexOf((byte)':');
        if (colon is <= 0 or > MaxUserFragment) return null;
        Span<char> fragment = stackalloc char[MaxUserFragment];
        var length = Encoding.Latin1.GetChars(username[..colon], fragment);
        return byUserFragment.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(fragment[..length], out var viewer) ? viewer : null;
    }

    private void Learn(ViewerConnection viewer, SocketAddress from)
    {
        var address = ViewerConnection.Copy(from);
        byAddress[address] = viewer;
        viewer.KnownAddresses.Enqueue(address);

        // Closed by another thread since it was found: nobody else would remove this address.
        if (viewer.State == ViewerState.Closed) byAddress.TryRemove(new KeyValuePair<SocketAddress, ViewerConnection>(address, viewer));
        if (viewer.KnownAddresses.Count <= MaxAddressesPerViewer) return;
        var oldest = viewer.KnownAddresses.Dequeue();
        byAddress.TryRemove(new KeyValuePair<SocketAddress, ViewerConnection>(oldest, viewer));
    }
}
