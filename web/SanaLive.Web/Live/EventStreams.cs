using Microsoft.AspNetCore.SignalR;

namespace SanaLive.Web.Live;

/// <summary>Counts the event streams of one connection, which could otherwise open any number.</summary>
internal sealed class EventStreams
{
    private int open;

    /// <returns>To be disposed of when the stream ends.</returns>
    /// <exception cref="HubException">There are <see cref="LiveHub.EventsPerConnection"/> already.</exception>
    public static IDisposable Enter(HubCallerContext connection)
    {
        EventStreams streams;
        lock (connection.Items)
        {
            if (connection.Items.TryGetValue(typeof(EventStreams), out var known)) streams = (EventStreams)known!;
            else connection.Items[typeof(EventStreams)] = streams = new EventStreams();
        }

        var stream = new Stream(streams);
        if (Interlocked.Increment(ref streams.open) <= LiveHub.EventsPerConnection) return stream;
        stream.Dispose();
        throw HubRefusals.Of(
            StatusCodes.Status429TooManyRequests, $"This connection follows {LiveHub.EventsPerConnection} sessions already. End one, or open another connection.");
    }

    private sealed class Stream(EventStreams streams) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref streams.open);
    }
}
