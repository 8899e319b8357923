using System.Net;

namespace SanaLive.Rtc.Tests;

public sealed class RtcOptionsTests
{
    public static TheoryData<string, RtcOptions> OutOfRange => new()
    {
        { nameof(RtcOptions.Port), new RtcOptions { Port = -1 } },
        { nameof(RtcOptions.Port), new RtcOptions { Port = 65536 } },
        { nameof(RtcOptions.AdvertisedPort), new RtcOptions { AdvertisedPort = 0 } },
        { nameof(RtcOptions.AdvertisedAddresses), new RtcOptions { AdvertisedAddresses = [IPAddress.Any] } },
        { nameof(RtcOptions.AdvertisedAddresses), new RtcOptions { AdvertisedAddresses = [.. Enumerable.Repeat(IPAddress.Loopback, 17)] } },
        { nameof(RtcOptions.ConsentTimeout), new RtcOptions { ConsentTimeout = TimeSpan.FromSeconds(4) } },
        { nameof(RtcOptions.SilenceTimeout), new RtcOptions { SilenceTimeout = TimeSpan.FromSeconds(4) } },
        { nameof(RtcOptions.ConnectTimeout), new RtcOptions { ConnectTimeout = TimeSpan.Zero } },
        { nameof(RtcOptions.Mtu), new RtcOptions { Mtu = 500 } },
        { nameof(RtcOptions.Mtu), new RtcOptions { Mtu = 9000 } },
        { nameof(RtcOptions.HistoryPackets), new RtcOptions { HistoryPackets = 63 } },
        { nameof(RtcOptions.NackRepeatInterval), new RtcOptions { NackRepeatInterval = TimeSpan.FromSeconds(2) } },
        { nameof(RtcOptions.PacingWindow), new RtcOptions { PacingWindow = TimeSpan.FromSeconds(1) } },
        { nameof(RtcOptions.MaxViewers), new RtcOptions { MaxViewers = 0 } },
        { nameof(RtcOptions.MaxHalfOpenViewers), new RtcOptions { MaxHalfOpenViewers = 0 } },
        { nameof(RtcOptions.LossForTests), new RtcOptions { LossForTests = 1.1 } },
        { nameof(RtcOptions.LossForTests), new RtcOptions { LossForTests = double.NaN } },
    };

    [Fact]
    public void Validate_Defaults_Pass() => new RtcOptions().Validate();

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Validate_OutOfRange_NamesTheOption(string name, RtcOptions options) =>
        Assert.Contains(name, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
