namespace SanaLive.Runtime.Model;

/// <summary>Tokens of one pass: frames, then rows, then columns.</summary>
public readonly record struct TokenGrid(int Frames, int Height, int Width)
{
    public int PerFrame => Height * Width;

    public int Tokens => Frames * PerFrame;
}
