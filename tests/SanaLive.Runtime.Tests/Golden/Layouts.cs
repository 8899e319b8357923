namespace SanaLive.Runtime.Tests.Golden;

/// <summary>Between the recorded layouts and the runtime's rows of channels.</summary>
internal static class Layouts
{
    /// <summary>[channels, positions] to [positions, channels].</summary>
    public static float[] ChannelsLast(ReadOnlySpan<float> values, int channels)
    {
        var (positions, result) = (values.Length / channels, new float[values.Length]);
        for (var c = 0; c < channels; c++)
        {
            for (var p = 0; p < positions; p++)
                result[p * channels + c] = values[c * positions + p];
        }

        return result;
    }

    /// <summary>[positions, channels] to [channels, positions].</summary>
    public static float[] ChannelsFirst(ReadOnlySpan<float> values, int channels) => ChannelsLast(values, values.Length / channels);

    /// <summary>[frames, channels, positions] to [frames, positions, channels].</summary>
    public static float[] FramesChannelsLast(ReadOnlySpan<float> values, int frames, int channels)
    {
        var result = new List<float>(values.Length);
        for (var f = 0; f < frames; f++)
            result.AddRange(ChannelsLast(values.Slice(f * values.Length / frames, values.Length / frames), channels));
        return [.. result];
    }

    /// <summary>Frames [from, to) of [channels, frames, positions], as [frames, positions, channels].</summary>
    public static float[] CutFrames(ReadOnlySpan<float> values, int channels, int frames, int from, int to)
    {
        var positions = values.Length / channels / frames;
        return ChannelsLast(values, channels).AsSpan(from * positions * channels, (to - from) * positions * channels).ToArray();
    }
}
