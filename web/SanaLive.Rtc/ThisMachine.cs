using System.Net;
using System.Net.NetworkInformation;

namespace SanaLive.Rtc;

/// <summary>The addresses that this machine has now.</summary>
internal static class ThisMachine
{
    /// <summary>Of the interfaces that are up, loopback included.</summary>
    public static IEnumerable<IPAddress> Addresses() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address);

    /// <summary>
    /// True for what can only have been sent from here: the system drops datagrams that come in from outside under an address of its own.
    /// </summary>
    public static bool Has(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IPAddress.IsLoopback(plain) || Addresses().Contains(plain);
    }
}
