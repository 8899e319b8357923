using System.Net;
using System.Net.Sockets;

namespace SanaLive.Rtc;

/// <summary>Which addresses the answer names.</summary>
internal static class AdvertisedAddresses
{
    private const int Max = 16;

    public static IReadOnlyList<IPEndPoint> Choose(RtcOptions options, IPEndPoint bound)
    {
        var port = options.AdvertisedPort ?? bound.Port;
        var addresses = options.AdvertisedAddresses.Count > 0
            ? options.AdvertisedAddresses
            : !IsAny(bound.Address) ? [bound.Address]
            : options.ThisMachineOnly ? [IPAddress.Loopback, .. OfThisMachine(bound.Address).Where(address => !IPAddress.IsLoopback(address))]
            : OfThisMachine(bound.Address);
        return [.. addresses.Take(Max).Select(address => new IPEndPoint(address, port))];
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>IPv4 first, because more viewers have it; loopback only when the machine has nothing else.</summary>
    private static IPAddress[] OfThisMachine(IPAddress any)
    {
        var withIPv6 = any.AddressFamily == AddressFamily.InterNetworkV6;
        IPAddress[] found =
        [
            .. ThisMachine.Addresses()
                .Where(address => !IPAddress.IsLoopback(address))
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork
                    || (withIPv6 && address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv6LinkLocal))
                .OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1)
                .Distinct(),
        ];
        return found.Length > 0 ? found : [IPAddress.Loopback];
    }
}
