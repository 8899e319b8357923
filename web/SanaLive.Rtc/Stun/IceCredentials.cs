using System.Security.Cryptography;
using System.Text;

namespace SanaLive.Rtc.Stun;

/// <summary>What authenticates one viewer's binding requests.</summary>
internal sealed class IceCredentials
{
    private readonly byte[] expectedUsername;

    public IceCredentials(string remoteUserFragment)
    {
        // Base64url would bring '-' and '_', which are not ICE characters.
        UserFragment = RandomNumberGenerator.GetHexString(16, lowercase: true);
        Password = RandomNumberGenerator.GetHexString(32, lowercase: true);
        PasswordBytes = Encoding.ASCII.GetBytes(Password);
        expectedUsername = Encoding.ASCII.GetBytes($"{UserFragment}:{remoteUserFragment}");
    }

    public string UserFragment { get; }

    public string Password { get; }

    public byte[] PasswordBytes { get; }

    /// <summary>Whether the request is for us, from the peer of the offer, and signed with our password.</summary>
    public bool Accept(in StunRequest request) =>
        request.Username.SequenceEqual(expectedUsername) && request.IsAuthentic(PasswordBytes);
}
