namespace SanaLive.Runtime.State;

/// <summary>The numbers of a state that are not tensors on the device.</summary>
internal readonly record struct StreamFacts(
    long FirstBlock, long NextBlock, long Origin, int SinkFrames, long[] TermOrigins, int[] TermFrames, float[] Latents);
