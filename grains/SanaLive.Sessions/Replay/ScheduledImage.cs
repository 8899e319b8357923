using System.Buffers.Binary;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Replay;

/// <summary>The picture that a stream began with, as the model saw it: its file is not kept.</summary>
/// <param name="Latents">See <see cref="StartImage.Latents"/>: 32-bit floats, little-endian; base64 in JSON.</param>
/// <param name="Controls">What the model read in it.</param>
/// <param name="Width">Pixels of the picture that was sent, upright.</param>
/// <param name="Height">Pixels of the picture that was sent, upright.</param>
/// <param name="Note">What was done to it, in a sentence; null when all of it is seen.</param>
public sealed record ScheduledImage(byte[] Latents, IReadOnlyDictionary<string, ControlValue> Controls, int Width, int Height, string? Note = null)
{
    internal static ScheduledImage Of(StartImage image, StartView? view)
    {
        var bytes = new byte[image.Latents.Length * sizeof(float)];
        for (var i = 0; i < image.Latents.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), image.Latents.Span[i]);
        return new ScheduledImage(bytes, image.Controls, view?.Width ?? 0, view?.Height ?? 0, view?.Note);
    }

    /// <exception cref="SessionException"><see cref="SessionError.Invalid"/>: it is no picture of this model.</exception>
    internal StartImage Read(IEngine engine)
    {
        if (Latents.Length % sizeof(float) != 0) throw CueRules.Invalid($"The schedule's picture has {Latents.Length} bytes, which are not 32-bit floats.");
        var latents = new float[Latents.Length / sizeof(float)];
        for (var i = 0; i < latents.Length; i++) latents[i] = BinaryPrimitives.ReadSingleLittleEndian(Latents.AsSpan(i * sizeof(float)));
        if (!Array.TrueForAll(latents, float.IsFinite)) throw CueRules.Invalid("The schedule's picture holds what is no number.");
        if (Width < 0 || Height < 0) throw CueRules.Invalid($"The schedule's picture cannot have {Width} x {Height} pixels.");
        if (engine.Model.ProblemWith(Controls) is { } problem) throw CueRules.Invalid(problem);
        var image = new StartImage(latents, Controls);
        try
        {
            // The engine alone knows how large a picture is to it.
            engine.CreateStream(0, image).Dispose();
            return image;
        }
        catch (ArgumentException e)
        {
            throw CueRules.Invalid($"The schedule's picture is none of {engine.Model.Name}: {e.Message}");
        }
    }
}
