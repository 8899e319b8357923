using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class CpuEngineServiceCollectionExtensionsTests
{
    [Fact]
    public async Task AddCpuEngine_AskedFor_LoadsTheModelWithTheOptions()
    {
        using var model = new TestModel();
        await using var services = new ServiceCollection()
            .AddCpuEngine(model.Path, options => (options.Name, options.Threads, options.WarmUpBlocks) = ("cpu-7", 1, 1))
            .BuildServiceProvider();
        var engine = services.GetRequiredService<IEngine>();
        Assert.Equal(("cpu-7", 1), (engine.Name, engine.Facts.Threads));
    }

    [Fact]
    public async Task AddCpuEngine_OptionsOutOfRange_AreRefused()
    {
        using var model = new TestModel();
        await using var services = new ServiceCollection().AddCpuEngine(model.Path, options => options.Threads = -1).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(services.GetRequiredService<IEngine>);
    }
}
