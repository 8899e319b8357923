using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SanaLive.Rtc.Dtls;

/// <summary>A self-signed ECDSA P-256 certificate, made anew at every start: only its fingerprint in the answer vouches for it.</summary>
internal sealed class DtlsCertificate
{
    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        Certificate = certificate;
        PrivateKey = privateKey;
        Fingerprint = Convert.ToHexString(SHA256.HashData(certificate)).Chunk(2).Select(pair => new string(pair)).Aggregate((a, b) => $"{a}:{b}");
    }

    /// <summary>DER.</summary>
    public byte[] Certificate { get; }

    /// <summary>DER, as SEC 1 writes an EC key.</summary>
    public byte[] PrivateKey { get; }

    /// <summary>SHA-256 of the certificate, "AB:CD:...".</summary>
    public string Fingerprint { get; }

    public static DtlsCertificate Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sanalive", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        return new DtlsCertificate(certificate.RawData, key.ExportECPrivateKey());
    }
}
