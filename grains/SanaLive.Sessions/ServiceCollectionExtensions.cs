using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Sessions;

public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Sessions in this process: <see cref="ISessionHost"/>, hosted by an <see cref="InProcessSessionHost"/> on all registered
    /// <see cref="Runtime.Engine.IEngine"/>s. Wrong options stop the start with a sentence for each.
    /// </summary>
    public static IServiceCollection AddSanaLiveSessions(this IServiceCollection services, Action<SessionOptions>? configure = null)
    {
        services.AddOptions<SessionOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SessionOptions>, SessionOptionsCheck>();
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBlockEncoder>(
            s => new Vp8BlockEncoder(s.GetRequiredService<IOptions<SessionOptions>>().Value.Video, s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IPictureReader>(s => new FfmpegPictureReader(s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<InProcessSessionHost>();
        services.TryAddSingleton<ISessionHost>(s => s.GetRequiredService<InProcessSessionHost>());
        return services;
    }

    private sealed class SessionOptionsCheck : IValidateOptions<SessionOptions>
    {
        public ValidateOptionsResult Validate(string? name, SessionOptions options) =>
            options.Problems() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
