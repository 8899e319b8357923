using SanaLive.Sessions;

namespace SanaLive.Grains.Sessions;

/// <summary>A refusal on the wire.</summary>
[GenerateSerializer, Alias("sanalive.refusal")]
public struct SessionExceptionSurrogate
{
    [Id(0)]
    public SessionError Error { get; set; }

    [Id(1)]
    public string Message { get; set; }
}

/// <summary>Refusals keep their kind and their sentence; where in the silo's code they were thrown is its log's business.</summary>
[RegisterConverter]
public sealed class SessionExceptionConverter : IConverter<SessionException, SessionExceptionSurrogate>
{
    public SessionException ConvertFromSurrogate(in SessionExceptionSurrogate surrogate) => new(surrogate.Error, surrogate.Message);

    public SessionExceptionSurrogate ConvertToSurrogate(in SessionException value) => new() { Error = value.Error, Message = value.Message };
}
