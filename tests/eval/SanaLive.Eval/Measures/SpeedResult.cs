namespace SanaLive.Eval.Measures;

/// <summary>One stream that was asked for a speed.</summary>
/// <param name="Asked">Pixels per second of the nearest layer; negative to the left.</param>
/// <param name="Measured">From the pictures, median over the half seconds.</param>
internal sealed record SpeedResult(double Asked, double Measured);
