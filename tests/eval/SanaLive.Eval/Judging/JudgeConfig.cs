using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Eval.Judging;

/// <summary>Shape of the judge, as <c>train_judge.py</c> froze it.</summary>
/// <param name="Frames">Pictures of one half second.</param>
/// <param name="Width">Of the judge's pictures: half of the stream's.</param>
/// <param name="Height">Of the judge's pictures.</param>
/// <param name="ColourFrames">The pictures that the look sees.</param>
/// <param name="Patch">Side of the squares that the first layer takes together.</param>
/// <param name="Channels">Widths of the look's stages, each at half the size of the one before.</param>
/// <param name="Blocks">Residual blocks of each stage.</param>
/// <param name="LookFeatures">Of the look's last hidden layer.</param>
/// <param name="MotionHidden">Of the layer that every band goes through.</param>
/// <param name="BandFeatures">What is left of a band.</param>
/// <param name="MotionFeatures">Of the motion's last hidden layer.</param>
/// <param name="RmsEps">Added to the mean square.</param>
/// <param name="Bands">Groups of rows whose motion is measured.</param>
/// <param name="Apart">Frames between two that are laid over each other.</param>
/// <param name="Speeds">Speeds tried each way.</param>
/// <param name="SpeedStep">Their step, in pixels of the judge's size per frame.</param>
/// <param name="Opening">Width of the window that takes away what is bright and narrow.</param>
/// <param name="Moving">Attributes that the motion answers; the look answers the others.</param>
/// <param name="Attributes">Attributes and their values, in the order of the model.</param>
internal sealed record JudgeConfig(
    int Frames, int Width, int Height, IReadOnlyList<int> ColourFrames, int Patch, IReadOnlyList<int> Channels, IReadOnlyList<int> Blocks,
    int LookFeatures, int MotionHidden, int BandFeatures, int MotionFeatures, float RmsEps, int Bands, IReadOnlyList<int> Apart, int Speeds,
    double SpeedStep, int Opening, IReadOnlyList<string> Moving, IReadOnlyList<JudgedAttribute> Attributes)
{
    /// <exception cref="CheckpointException">Missing, unreadable, or of another kind.</exception>
    public static JudgeConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            if (json.GetProperty("_class_name").GetString() != "SanaLiveJudge" || json.GetProperty("version").GetInt32() != 1)
                throw new CheckpointException($"{path} describes no judge that this program knows.");
            return new JudgeConfig(
                Number("frames"), Number("width"), Number("height"), Numbers("colour_frames"), Number("patch"), Numbers("channels"), Numbers("blocks"),
                Number("look_features"), Number("motion_hidden"), Number("band_features"), Number("motion_features"), json.GetProperty("rms_eps").GetSingle(), Number("bands"),
                Numbers("apart"), Number("speeds"), json.GetProperty("speed_step").GetDouble(), Number("opening"),
                [.. json.GetProperty("moving").EnumerateArray().Select(name => name.GetString()!)],
                [.. json.GetProperty("attributes").EnumerateObject().Select(attribute =>
                    new JudgedAttribute(attribute.Name, [.. attribute.Value.EnumerateArray().Select(value => value.GetString()!)]))]);

            int Number(string name) => json.GetProperty(name).GetInt32();
            int[] Numbers(string name) => [.. json.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
