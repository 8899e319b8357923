using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace SanaLive.Web.Tests.Live;

/// <summary>A SignalR client by hand: JSON protocol over a WebSocket, enough to call and to stream.</summary>
internal sealed class HubConnection : IAsyncDisposable
{
    private const char End = '\u001e';
    private readonly ClientWebSocket socket = new();
    private readonly StringBuilder received = new();
    private int calls;

    public static async Task<HubConnection> OpenAsync(Uri server, string? origin = null)
    {
        var connection = new HubConnection();
        if (origin is not null) connection.socket.Options.SetRequestHeader("Origin", origin);
        await connection.socket.ConnectAsync(new UriBuilder(server) { Scheme = "ws", Path = "/hub/live" }.Uri, CancellationToken.None);
        await connection.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", (await connection.MessageAsync()).ToString());
        return connection;
    }

    /// <summary>Calls a method and returns the completion: it has <c>result</c> or <c>error</c>.</summary>
    public async Task<JsonElement> CallAsync(string method, params object?[] arguments)
    {
        var id = await InvokeAsync(1, method, arguments);
        while (true)
        {
            var message = await NextAsync();
            if (message.GetProperty("type").GetInt32() == 3 && message.GetProperty("invocationId").GetString() == id) return message;
        }
    }

    public Task<string> StreamAsync(string method, params object?[] arguments) => InvokeAsync(4, method, arguments);

    /// <summary>The next message that is no ping.</summary>
    public async Task<JsonElement> NextAsync()
    {
        while (true)
        {
            var message = await MessageAsync();
            if (message.GetProperty("type").GetInt32() != 6) return message;
        }
    }

    public async Task SendAsync(string message) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> InvokeAsync(int type, string method, object?[] arguments)
    {
        var id = $"{++calls}";
        await SendAsync(JsonSerializer.Serialize(new { type, target = method, arguments, invocationId = id }));
        return id;
    }

    private async Task<JsonElement> MessageAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var text = received.ToString();
            if (text.IndexOf(End) is >= 0 and var end)
            {
                received.Remove(0, end + 1);
                return JsonDocument.Parse(text[..end]).RootElement;
            }

            var part = await socket.ReceiveAsync(buffer, patience.Token);
            if (part.MessageType == WebSocketMessageType.Close) throw new EndOfStreamException($"closed: {part.CloseStatusDescription}");
            received.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
    }
}
