using Microsoft.Extensions.Logging;
using Polly;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Admission;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Sessions;

/// <summary>What all sessions of a host share.</summary>
/// <param name="Model">The model of all engines.</param>
/// <param name="Engines">All of them.</param>
/// <param name="Line">Gives the engines' places.</param>
/// <param name="Encoder">Encodes blocks.</param>
/// <param name="Pictures">Decodes start images.</param>
/// <param name="Options">Checked.</param>
/// <param name="Retry">Tries a failed block again.</param>
/// <param name="Time">The clock of everything.</param>
/// <param name="Log">The log.</param>
/// <param name="Ended">Told of a session that was closed, has expired or has another owner.</param>
internal sealed record SessionSurroundings(
    ModelCard Model,
    EnginePool Engines,
    AdmissionLine Line,
    IBlockEncoder Encoder,
    IPictureReader Pictures,
    SessionOptions Options,
    ResiliencePipeline Retry,
    TimeProvider Time,
    ILogger Log,
    Action<Session> Ended);
