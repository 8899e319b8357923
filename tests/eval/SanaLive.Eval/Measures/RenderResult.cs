namespace SanaLive.Eval.Measures;

/// <summary>One fresh drawing of half a second, as the judge, the speedometer and the autoencoder take it.</summary>
/// <param name="Values">What is drawn.</param>
/// <param name="Seen">What the judge saw.</param>
/// <param name="Asked">Scroll speed as drawn, pixels per second, negative to the left.</param>
/// <param name="Measured">As measured from the pictures.</param>
/// <param name="Psnr">Of the autoencoder's copy, dB.</param>
/// <param name="Ssim">Of the autoencoder's copy.</param>
internal sealed record RenderResult(Dictionary<string, string> Values, Dictionary<string, string> Seen, double Asked, double Measured, double Psnr, double Ssim);
