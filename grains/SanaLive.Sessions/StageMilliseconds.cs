namespace SanaLive.Sessions;

/// <summary>Milliseconds of one block by stage.</summary>
public sealed record StageMilliseconds(double Queued, double Denoise, double StatePass, double Decode, double Encode, double Total);
