namespace SanaLive.Runtime.Sampling;

/// <summary>The samplers of clips, by the class that a published folder names.</summary>
public enum SchedulerKind
{
    /// <summary><c>DPMSolverMultistepScheduler</c>: what the published folders name.</summary>
    DpmSolver,

    /// <summary><c>UniPCMultistepScheduler</c>.</summary>
    UniPc,

    /// <summary><c>FlowMatchEulerDiscreteScheduler</c>: what image-to-video is stepped by.</summary>
    FlowEuler,
}
