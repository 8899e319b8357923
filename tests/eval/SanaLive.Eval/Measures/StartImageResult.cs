namespace SanaLive.Eval.Measures;

/// <summary>One stream that began with a drawing.</summary>
/// <param name="Drawn">What the drawing shows.</param>
/// <param name="Seen">What the judge saw in the fourth and fifth second.</param>
/// <param name="Psnr">Of the stream's first latent frame to the drawing, dB.</param>
internal sealed record StartImageResult(Dictionary<string, string> Drawn, Dictionary<string, string> Seen, double Psnr);
