using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Replay;

namespace SanaLive.Sessions.Durability;

/// <summary>What never changes about a session: enough to begin its stream again from block 0.</summary>
/// <param name="Id">Unguessable.</param>
/// <param name="KeyHash">SHA-256 of the director's key; the key itself is kept nowhere.</param>
/// <param name="Created">When.</param>
/// <param name="Model">Fingerprint of the model.</param>
/// <param name="Seed">0 to <see cref="CreateSession.MaxSeed"/>.</param>
/// <param name="Prompt">In force at block 0.</param>
/// <param name="Image">Null: the stream begins with noise.</param>
/// <param name="View">Of the image, for clients; null without one.</param>
/// <param name="Origin">What it was forked from; null for a session of its own.</param>
/// <param name="Asked">What <paramref name="Prompt"/> was read from, beside what was seen in the image; null for a session that was begun by an older version.</param>
public sealed record SessionFacts(
    string Id, byte[] KeyHash, DateTimeOffset Created, string Model, ulong Seed, Prompt Prompt, StartImage? Image, StartView? View, SessionOrigin? Origin = null, SessionAsked? Asked = null);
