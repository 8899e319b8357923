using System.Threading.Channels;
using SanaLive.Sessions;

namespace SanaLive.Web.Relay;

/// <summary>Tells the host how many viewers a relay has: the newest number, in order, off the path of the frames.</summary>
internal sealed partial class ViewerReports
{
    private readonly string relay = Guid.NewGuid().ToString("N");
    private readonly string session;
    private readonly ISessionHost host;
    private readonly ILogger logger;
    private readonly Channel<int> newest = Channel.CreateBounded<int>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Task reporting;

    public ViewerReports(string session, ISessionHost host, ILogger logger)
    {
        this.session = session;
        this.host = host;
        this.logger = logger;
        reporting = Task.Run(ReportAsync);
    }

    public void Say(int viewers) => newest.Writer.TryWrite(viewers);

    /// <summary>Says 0 and returns when it is said.</summary>
    public async Task EndAsync()
    {
        newest.Writer.TryWrite(0);
        newest.Writer.Complete();
        await reporting;
    }

    private async Task ReportAsync()
    {
        await foreach (var viewers in newest.Reader.ReadAllAsync())
        {
            try
            {
                await host.ReportViewersAsync(session, relay, viewers, CancellationToken.None);
            }
            catch (Exception e)
            {
                // The number is for people's eyes; the next change corrects it.
                LogNotReported(e, BlockFeed.Tag(session));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The number of viewers of session {Session} could not be reported")]
    private partial void LogNotReported(Exception exception, string session);
}
