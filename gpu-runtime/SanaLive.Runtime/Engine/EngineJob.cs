namespace SanaLive.Runtime.Engine;

/// <summary>A piece of work for the engine's thread.</summary>
internal abstract class EngineJob
{
    /// <summary>Runs on the engine's thread and tells whoever waits; must not throw.</summary>
    public abstract void Run();

    /// <summary>The engine stops before the job's turn.</summary>
    public abstract void Refuse(Exception reason);
}
