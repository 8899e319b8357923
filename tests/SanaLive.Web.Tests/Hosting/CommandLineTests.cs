using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Tests.Hosting;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_BothForms_BecomeSettings()
    {
        var options = Read("--port", "5000", "--listen=any", "--advertise", "192.0.2.1, 2001:db8::1", "--threads=3", "--rtc-loss", "0.05");
        Assert.Equal(5000, options.Port);
        Assert.Equal(System.Net.IPAddress.IPv6Any, options.ListenAddress);
        Assert.Equal(["192.0.2.1", "2001:db8::1"], options.AdvertisedAddresses.Select(address => address.ToString()));
        Assert.Equal(3, options.Threads);
        Assert.Equal(0.05, options.RtcLoss);
    }

    [Fact]
    public void Parse_LimitsOfSessions_ReachTheSessions()
    {
        var sessions = Read("--max-sessions", "50", "--max-streams", "3", "--queue-length=0", "--reserve", "0.4").Sessions;
        Assert.Equal((50, 3, 0, 0.4), (sessions.MaxSessions, sessions.SessionsPerEngine, sessions.QueueLength, sessions.Reserve));
    }

    [Fact]
    public void Defaults_ListenOnLoopbackAndTrustNobody()
    {
        var options = Read();
        Assert.Null(options.ListenAddress);
        Assert.False(options.RtcThisMachineOnly);
        Assert.Equal(System.Net.IPAddress.Loopback, options.RtcListenAddress);
        Assert.Empty(options.TrustedProxies);
        Assert.Empty(options.AllowedOrigins);
        Assert.Null(options.OperatorKey);
    }

    [Theory]
    [InlineData("--rtc-listen", "loopback", "127.0.0.1")]
    [InlineData("--rtc-listen", "192.0.2.1", "192.0.2.1")]
    [InlineData("--listen", "192.0.2.1", "192.0.2.1")]
    [InlineData("--listen", "any", "::")]
    public void RtcListen_Given_IsTakenAsItIs(string option, string value, string address)
    {
        var options = Read(option, value);
        Assert.Equal(address, options.RtcListenAddress.ToString());
        Assert.False(options.RtcThisMachineOnly);
    }

    [Fact]
    public void RtcListen_Machine_IsAllItsAddressesForItselfOnly()
    {
        var options = Read("--rtc-listen", "machine");
        Assert.True(options.RtcThisMachineOnly);
        Assert.Equal(System.Net.IPAddress.Any, options.RtcListenAddress);
    }

    [Theory]
    [InlineData("--prot", "80")]
    [InlineData("80")]
    [InlineData("--port")]
    [InlineData("--port", "--listen", "any")]
    public void Parse_WrongOption_IsToldAndEndsWith2(params string[] args)
    {
        var commandLine = CommandLine.Parse(args);
        Assert.Equal(2, commandLine.ExitCode);
        Assert.Contains("--help", commandLine.Answer);
    }

    [Fact]
    public void Parse_Help_ListsEveryOptionOfTheServer()
    {
        var help = CommandLine.Parse(["--help"]);
        Assert.Equal(0, help.ExitCode);
        foreach (var name in new[] { "--port", "--listen", "--rtc-port", "--advertise", "--operator-key", "--model", "--size", "--engines", "--threads", "--precision", "--max-sessions", "--max-streams", "--queue-length", "--reserve", "--version" })
            Assert.Contains(name, help.Answer);
    }

    [Theory]
    [InlineData("--port", "abc", "--port takes a whole number, not 'abc'")]
    [InlineData("--port", "70000", "--port")]
    [InlineData("--rtc-port", "-1", "--rtc-port")]
    [InlineData("--listen", "everywhere", "--listen")]
    [InlineData("--rtc-listen", "here", "--rtc-listen")]
    [InlineData("--advertise", "example.org", "--advertise")]
    [InlineData("--advertise-port", "0", "--advertise-port")]
    [InlineData("--trust-proxy", "proxy", "--trust-proxy")]
    [InlineData("--allow-origin", "example.org", "--allow-origin")]
    [InlineData("--allow-origin", "https://example.org/path", "--allow-origin")]
    [InlineData("--rtc-loss", "1.5", "--rtc-loss")]
    [InlineData("--rtc-loss", "NaN", "--rtc-loss")]
    [InlineData("--max-viewers", "0", "--max-viewers")]
    [InlineData("--max-sessions", "0", "--max-sessions must be 1 to 1,000,000, not 0")]
    [InlineData("--max-streams", "0", "--max-streams must be 1 to 10,000, not 0")]
    [InlineData("--queue-length", "-1", "--queue-length must be 0 to 10,000, not -1")]
    [InlineData("--reserve", "1", "--reserve must be 0 to 0.9, not 1")]
    [InlineData("--reserve", "NaN", "--reserve must be 0 to 0.9")]
    [InlineData("--reserve", "much", "--reserve takes a number, not 'much'")]
    [InlineData("--max-streams", "1.5", "--max-streams takes a whole number, not '1.5'")]
    [InlineData("--operator-key", "short", "--operator-key")]
    [InlineData("--threads", "0", "--threads")]
    [InlineData("--engines", "0", "--engines")]
    [InlineData("--cluster", " ", "--cluster takes localhost")]
    [InlineData("--precision", "fp16", "--precision")]
    [InlineData("--precision", "1", "--precision")]
    [InlineData("--size", "832", "--size takes height x width, such as 480x832")]
    public void From_ValueThatCannotBeRight_IsNamed(string option, string value, string names)
    {
        var wrong = Assert.Throws<OptionsValidationException>(() => Read(option, value));
        Assert.Contains(names, Assert.Single(wrong.Failures));
    }

    [Fact]
    public void From_SeveralWrongValues_AreAllNamed() =>
        Assert.Equal(2, Assert.Throws<OptionsValidationException>(() => Read("--port", "-1", "--threads", "0")).Failures.Count());

    [Theory]
    [InlineData("--store", "Host=db")]
    [InlineData("--model", "somewhere")]
    [InlineData("--threads", "4")]
    public void From_WhatIsTheSilos_IsRefusedBesideACluster(string option, string value) =>
        Assert.Contains("SanaLive.Silo", Assert.Single(Assert.Throws<OptionsValidationException>(() => Read("--cluster", "localhost", "--data", "here", option, value)).Failures));

    [Fact]
    public void From_UnknownSetting_IsNamed()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["SanaLive:Prot"] = "80" }).Build();
        Assert.Contains("Prot", Assert.Single(Assert.Throws<OptionsValidationException>(() => ServerOptions.From(configuration)).Failures));
    }

    private static ServerOptions Read(params string[] args)
    {
        var commandLine = CommandLine.Parse(args);
        Assert.Null(commandLine.Answer);
        return ServerOptions.From(new ConfigurationBuilder().AddInMemoryCollection(commandLine.Settings).Build());
    }
}
