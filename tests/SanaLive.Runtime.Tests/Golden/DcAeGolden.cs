using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Vae.DcAe;

namespace SanaLive.Runtime.Tests.Golden;

/// <summary>d2: the image DC-AE, both ways.</summary>
internal static class DcAeGolden
{
    public static void Run(GoldenCase golden)
    {
        var part = Path.Combine(golden.Folder, "vae");
        var config = DcAeConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        using var encoder = new DcAeEncoder(golden.Kernels, config, checkpoint);
        using var decoder = new DcAeDecoder(golden.Kernels, config, checkpoint);
        checkpoint.Finish();

        var (z, image) = (golden.Shape("in.z"), golden.Shape("in.image"));
        for (var sample = 0; sample < z[0]; sample++)
        {
            var picture = new float[golden.Part("dec.sample", sample).Length];
            decoder.Decode(Layouts.ChannelsLast(golden.Part("in.z", sample), config.LatentChannels), z[2], z[3], picture);
            golden.Check("dec.sample", Layouts.ChannelsFirst(picture, config.InChannels), golden.Part("dec.sample", sample));
        }

        for (var sample = 0; sample < image[0]; sample++)
        {
            var latents = new float[golden.Part("enc.latent", sample).Length];
            encoder.Encode(Layouts.ChannelsLast(golden.Part("in.image", sample), config.InChannels), image[2], image[3], latents);
            golden.Check("enc.latent", Layouts.ChannelsFirst(latents, config.LatentChannels), golden.Part("enc.latent", sample));
        }
    }
}
