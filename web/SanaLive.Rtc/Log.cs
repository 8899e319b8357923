using System.Net;
using Microsoft.Extensions.Logging;

namespace SanaLive.Rtc;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "WebRTC listens on {EndPoint} (UDP) and advertises {Advertised}")]
    public static partial void Listening(ILogger logger, IPEndPoint endPoint, string advertised);

    [LoggerMessage(2, LogLevel.Warning, "LossForTests is on: {Percent} % of all outgoing WebRTC datagrams are thrown away on purpose")]
    public static partial void LossIsOn(ILogger logger, double percent);

    [LoggerMessage(3, LogLevel.Information, "Viewer {Viewer} offered itself")]
    public static partial void Accepted(ILogger logger, string viewer);

    [LoggerMessage(4, LogLevel.Information, "Viewer {Viewer} is connected from {Address} with {Profile}")]
    public static partial void Connected(ILogger logger, string viewer, string address, string profile);

    [LoggerMessage(5, LogLevel.Information, "Viewer {Viewer} is gone: {Reason} {Detail}")]
    public static partial void Closed(ILogger logger, string viewer, ViewerCloseReason reason, string detail);

    [LoggerMessage(6, LogLevel.Information, "Viewer {Viewer} is now reached at {Address}")]
    public static partial void Moved(ILogger logger, string viewer, string address);

    [LoggerMessage(7, LogLevel.Error, "A datagram of {Length} bytes could not be handled")]
    public static partial void DatagramFailed(ILogger logger, int length, Exception error);

    [LoggerMessage(8, LogLevel.Warning, "Receiving failed; the endpoint goes on listening")]
    public static partial void ReceiveFailed(ILogger logger, Exception error);

    [LoggerMessage(9, LogLevel.Warning, "A datagram could not be sent ({Error}); further failures are only counted")]
    public static partial void SendFailed(ILogger logger, string error);

    [LoggerMessage(10, LogLevel.Error, "A handler of KeyframeRequested threw for viewer {Viewer}")]
    public static partial void KeyframeHandlerFailed(ILogger logger, string viewer, Exception error);

    [LoggerMessage(11, LogLevel.Error, "The upkeep of viewer {Viewer} failed")]
    public static partial void UpkeepFailed(ILogger logger, string viewer, Exception error);
}
