using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SanaLive.Rtc.Dtls;

/// <summary>One DTLS 1.2 handshake with a peer, and its end. Not safe for several threads: the viewer's lock guards it.</summary>
internal sealed unsafe class DtlsSession : IDisposable
{
    /// <summary>Two keys and two salts of the longer profile: 2 x (16 + 14).</summary>
    private const int MaxKeyingMaterial = 60;

    private const uint FirstTimeout = 100_000;
    private const uint LongestTimeout = 3_000_000;

    private readonly SslHandle ssl;
    private readonly nint incoming;
    private readonly nint outgoing;
    private readonly int mtu;
    private readonly DatagramSink send;
    private bool established;

    /// <param name="context">Settings and role.</param>
    /// <param name="mtu">Largest datagram in bytes.</param>
    /// <param name="send">Takes every datagram that has to go out.</param>
    public DtlsSession(DtlsContext context, int mtu, DatagramSink send)
    {
        this.mtu = mtu;
        this.send = send;
        ssl = new SslHandle(OpenSsl.SSL_new(context.Handle));
        if (ssl.IsInvalid) throw new OutOfMemoryException($"OpenSSL could not make a DTLS session: {OpenSsl.Errors()}.");
        incoming = OpenSsl.NewMemoryBio();
        outgoing = OpenSsl.NewMemoryBio();
        OpenSsl.SSL_set_bio(ssl, incoming, outgoing);
        OpenSsl.SetMtu(ssl, mtu);
        OpenSsl.DTLS_set_timer_cb(ssl, &NextTimeout);
        if (context.Role == DtlsRole.Server) OpenSsl.SSL_set_accept_state(ssl);
        else OpenSsl.SSL_set_connect_state(ssl);
    }

    /// <summary>OpenSSL's words for the last <see cref="DtlsOutcome.Failed"/>.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>A client's first flight; a server has nothing to say yet.</summary>
    public DtlsOutcome Start() => Advance();

    /// <summary>
    /// Takes one datagram. OpenSSL gets it record by record: behind a repeated message it drops the rest of what it has read,
    /// and a client whose timer has just run out sends its old hello and its next flight together.
    /// </summary>
    public DtlsOutcome Receive(ReadOnlySpan<byte> datagram)
    {
        var outcome = established ? DtlsOutcome.Established : DtlsOutcome.InProgress;
        while (!datagram.IsEmpty && outcome is (DtlsOutcome.InProgress or DtlsOutcome.Established))
        {
            var record = DtlsRecords.NextDatagram(datagram, mtu: 0);
            OpenSsl.ERR_clear_error();
            _ = OpenSsl.BIO_write(incoming, datagram, record);
            outcome = Advance();

            // What OpenSSL did not take of this record must not become the head of the next.
            OpenSsl.Discard(incoming);
            datagram = datagram[record..];
        }

        return outcome;
    }

    /// <summary>Sends the last flight again when its time has come. Call about every 50 ms during the handshake.</summary>
    public DtlsOutcome HandleTimeout()
    {
        if (established) return DtlsOutcome.Established;
        OpenSsl.ERR_clear_error();
        var result = OpenSsl.HandleTimeout(ssl);
        Flush();
        if (result >= 0) return DtlsOutcome.InProgress;
        Failure = OpenSsl.Errors();
        return DtlsOutcome.Failed;
    }

    /// <summary>The SHA-256 of the peer's certificate; null when it has none.</summary>
    public byte[]? PeerFingerprint()
    {
        var certificate = OpenSsl.SSL_get1_peer_certificate(ssl);
        if (certificate == 0) return null;
        try
        {
            var length = OpenSsl.i2d_X509(certificate, null);
            if (length <= 0) return null;
            var der = new byte[length];
            fixed (byte* start = der)
            {
                var target = start;
                _ = OpenSsl.i2d_X509(certificate, &target);
            }

            return SHA256.HashData(der);
        }
        finally
        {
            OpenSsl.X509_free(certificate);
        }
    }

    /// <summary>The SRTP profile number that was agreed on (RFC 5764, RFC 7714), 0 for none.</summary>
    public int SelectedSrtpProfile()
    {
        var profile = OpenSsl.SSL_get_selected_srtp_profile(ssl);
        return profile == null ? 0 : (int)profile->Id.Value;
    }

    /// <summary>Keying material of RFC 5764, 4.2: client key, server key, client salt, server salt.</summary>
    public void ExportKeys(Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Length, MaxKeyingMaterial);
        var label = "EXTRACTOR-dtls_srtp"u8;
        if (OpenSsl.SSL_export_keying_material(ssl, target, (nuint)target.Length, label, (nuint)label.Length, default, 0, 0) != 1)
            throw new InvalidOperationException($"OpenSSL did not export the SRTP keys: {OpenSsl.Errors()}.");
    }

    /// <summary>Sends the close alert.</summary>
    public void Shutdown()
    {
        if (!established) return;
        OpenSsl.ERR_clear_error();
        _ = OpenSsl.SSL_shutdown(ssl);
        Flush();
    }

    public void Dispose() => ssl.Dispose();

    private DtlsOutcome Advance()
    {
        var outcome = established ? Drain() : Handshake();
        Flush();
        return outcome;
    }

    private DtlsOutcome Handshake()
    {
        var result = OpenSsl.SSL_do_handshake(ssl);
        if (result == 1)
        {
            established = true;
            return DtlsOutcome.Established;
        }

        return OpenSsl.SSL_get_error(ssl, result) is OpenSsl.SslErrorWantRead or OpenSsl.SslErrorWantWrite ? DtlsOutcome.InProgress : Fail();
    }

    /// <summary>Alerts, and the peer's last flight again when ours was lost: OpenSSL answers while it looks for data.</summary>
    private DtlsOutcome Drain()
    {
        Span<byte> data = stackalloc byte[2048];
        int result;
        do
        {
            // Data would belong to a data channel, which is not offered: read and dropped.
            result = OpenSsl.SSL_read(ssl, data, data.Length);
        }
        while (result > 0);

        if ((OpenSsl.SSL_get_shutdown(ssl) & OpenSsl.SslReceivedShutdown) != 0) return DtlsOutcome.ClosedByPeer;
        return OpenSsl.SSL_get_error(ssl, result) is OpenSsl.SslErrorWantRead or OpenSsl.SslErrorWantWrite ? DtlsOutcome.Established : Fail();
    }

    private DtlsOutcome Fail()
    {
        Failure = OpenSsl.Errors();
        return DtlsOutcome.Failed;
    }

    private void Flush()
    {
        var pending = OpenSsl.Pending(outgoing);
        if (pending <= 0) return;
        var records = new byte[pending];
        var length = OpenSsl.BIO_read(outgoing, records, records.Length);
        for (var at = 0; at < length;)
        {
            var datagram = DtlsRecords.NextDatagram(records.AsSpan(at, length - at), mtu);
            send(records.AsSpan(at, datagram));
            at += datagram;
        }
    }

    /// <summary>OpenSSL would start at one second: too long to look at a black picture.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint NextTimeout(nint session, uint microseconds) =>
        microseconds == 0 ? FirstTimeout : Math.Min(microseconds * 2, LongestTimeout);
}
