namespace SanaLive.Runtime.Engine;

/// <summary>What a session asks of the engine for one block.</summary>
/// <param name="Prompt">The prompt of this block.</param>
/// <param name="Deadline">When the stream would stall without this block; orders the engine's queue.</param>
/// <param name="BlendFrom">
/// With <paramref name="BlendWeight"/> below 1 the block is made under what lies between it and <paramref name="Prompt"/>
/// (<see cref="IEngine.Blend"/>); null without a blend.
/// </param>
/// <param name="BlendWeight">0 to 1.</param>
/// <param name="Recache">Runs the previous block again under <paramref name="Prompt"/> first (a prompt switch).</param>
/// <param name="Cut">
/// Forgets the stream's past first: the block begins a new scene as a first block does, and nothing of the old one stays. The
/// stream goes on counting. A recache has then nothing to run again.
/// </param>
/// <param name="Decode">
/// False makes the block in latents only: its frames are empty, and the decoder does not see it. Whoever decodes later blocks
/// gets wrong pictures for the first <c>ReceptiveField - 1</c> latent frames, then exactly those of a stream decoded from its beginning.
/// </param>
/// <param name="Begin">
/// Asked on the engine's thread when the block's turn has come and before anything is computed: the last moment at which a cue can still
/// be meant for it. False gives the request back: the call is cancelled and has changed nothing. Asked again when a failed call is
/// repeated. Must return at once and not throw. Null: the block is made as it was asked for.
/// </param>
public sealed record BlockRequest(
    Prompt Prompt, DateTimeOffset Deadline, Prompt? BlendFrom = null, float BlendWeight = 1f, bool Recache = false, bool Decode = true,
    bool Cut = false, Func<bool>? Begin = null);
