using SanaLive.Rtc.Srtp;

namespace SanaLive.Rtc.Tests.Srtp;

public sealed class ReplayWindowTests
{
    [Fact]
    public void TryAccept_EachIndex_Once()
    {
        var window = new ReplayWindow();
        foreach (var index in new uint[] { 0, 2, 1, 5, 4, 3 })
        {
            Assert.True(window.TryAccept(index), $"{index}");
            Assert.False(window.TryAccept(index), $"{index} again");
        }
    }

    [Fact]
    public void TryAccept_OlderThanTheWindow_IsRefused()
    {
        var window = new ReplayWindow();
        Assert.True(window.TryAccept(100));
        Assert.True(window.TryAccept(37));
        Assert.False(window.TryAccept(36));
    }

    [Fact]
    public void TryAccept_AfterAJump_RefusesTheNewestAgain()
    {
        var window = new ReplayWindow();
        Assert.True(window.TryAccept(1));
        Assert.True(window.TryAccept(0x7FFF_FFFF));
        Assert.False(window.TryAccept(0x7FFF_FFFF));
        Assert.True(window.TryAccept(0x7FFF_FFFE));
    }
}
