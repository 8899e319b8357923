namespace SanaLive.Sessions.Tests.Encoding;

/// <summary>A deterministic moving picture with edges, gradients and some texture: something a codec has to work for.</summary>
internal static class MovingPicture
{
    public static byte[] Frames(int width, int height, int first, int count, int noise = 4)
    {
        var rgb = new byte[count * width * height * 3];
        var i = 0;
        for (var t = first; t < first + count; t++)
            for (var y = 0; y < height; y++)
                for (var x = 0; x < width; x++)
                {
                    var hill = height * (0.55 + 0.15 * Math.Sin((x + 3 * t) * 0.04));
                    var sky = y < hill;
                    var texture = noise == 0 ? 0 : (int)(Hash(x + 3 * t, y) % (uint)noise);
                    var ball = Math.Pow(x - width / 2 - 20 * Math.Sin(t * 0.2), 2) + Math.Pow(y - height / 3, 2) < height * height / 60.0;
                    rgb[i++] = (byte)((ball ? 230 : sky ? 60 + y / 2 : 40) + texture);
                    rgb[i++] = (byte)((ball ? 60 : sky ? 120 + y / 3 : 110 + 30 * Math.Sin((x + 3 * t) * 0.1)) + texture);
                    rgb[i++] = (byte)((ball ? 40 : sky ? 220 - y / 3 : 50) + texture);
                }

        return rgb;
    }

    private static uint Hash(int x, int y)
    {
        var h = (uint)(x * 374761393 + y * 668265263);
        h = (h ^ (h >> 13)) * 1274126177;
        return h ^ (h >> 16);
    }
}
