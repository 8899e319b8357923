using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace SanaLive.Runtime.Engine;

public static class CpuEngineServiceCollectionExtensions
{
    /// <summary>
    /// Adds an engine on the processor that runs the model in <paramref name="folder"/> (null: the embedded one). It is loaded
    /// when it is first asked for; whatever is wrong with the model is thrown then.
    /// </summary>
    public static IServiceCollection AddCpuEngine(this IServiceCollection services, string? folder = null, Action<CpuEngineOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<CpuEngineOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<IEngine>(provider => CpuEngine.Load(
            folder ?? EmbeddedModel.FindFolder(), provider.GetRequiredService<IOptions<CpuEngineOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
    }
}
