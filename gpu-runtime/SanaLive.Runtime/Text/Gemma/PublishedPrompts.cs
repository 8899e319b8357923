using System.Globalization;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>
/// The words that the published models were trained with, and the rule of which tokens they see. The instruction and the negative prompt
/// are data of NVlabs/Sana's configurations of the video models, the same in all of them, and exact to the character.
/// </summary>
public static class PublishedPrompts
{
    /// <summary>Eight lines before every prompt; the prompt goes on where the last one ends.</summary>
    public const string Instruction =
        """
        Given a user prompt, generate an "Enhanced prompt" that provides detailed visual descriptions suitable for image generation. Evaluate the level of detail in the user prompt:
        - If the prompt is simple, focus on adding specifics about colors, shapes, sizes, textures, and spatial relationships to create vivid and concrete scenes.
        - If the prompt is already detailed, refine and enhance the existing details slightly without overcomplicating.
        Here are examples of how to transform or refine prompts:
        - User Prompt: A cat sleeping -> Enhanced: A small, fluffy white cat curled up in a round shape, sleeping peacefully on a warm sunny windowsill, surrounded by pots of blooming red flowers.
        - User Prompt: A busy city street -> Enhanced: A bustling city street scene at dusk, featuring glowing street lamps, a diverse crowd of people in colorful clothing, and a double-decker bus passing by towering glass skyscrapers.
        Please generate only the enhanced description for the prompt below and avoid including any additional commentary or evaluations:
        """ + "\nUser Prompt: ";

    /// <summary>What the published models are guided away from when nobody says.</summary>
    public const string Negative =
        "A chaotic sequence with misshapen, deformed limbs in heavy motion blur, sudden disappearance, jump cuts, jerky movements, rapid shot changes, "
        + "frames out of sync, inconsistent character shapes, temporal artifacts, jitter, and ghosting effects, creating a disorienting visual experience.";

    /// <summary>Tokens that a transformer sees of a prompt, at most.</summary>
    public const int Tokens = 300;

    /// <summary>How much moves, 1 to 30, as it is said behind a prompt.</summary>
    public static string MotionSuffix(int score) => string.Create(CultureInfo.InvariantCulture, $" motion score: {score}.");

    /// <summary>Which tokens of a text are read, and which of those the transformer sees.</summary>
    /// <param name="tokens">Of the whole text.</param>
    /// <param name="instruction">Tokens of the instruction alone; 0 for a text without one.</param>
    /// <returns>
    /// How many are read (the rest is cut off), and the first that is seen beside the very first: with an instruction the reference keeps
    /// index 0 and the last 299 of instruction + 298, and so the instruction's last token, which a prompt may have changed.
    /// </returns>
    public static (int Read, int FirstSeen) Select(int tokens, int instruction) => instruction == 0
        ? (Math.Min(tokens, Tokens), 1)
        : (Math.Min(tokens, instruction + Tokens - 2), instruction - 1);

    /// <summary>Without the blanks around it: those that Python strips, the four separators among them.</summary>
    internal static string Stripped(string text)
    {
        var (first, end) = (0, text.Length);
        while (first < end && IsBlank(text[first]))
            first++;
        while (end > first && IsBlank(text[end - 1]))
            end--;
        return text[first..end];

        static bool IsBlank(char letter) => char.IsWhiteSpace(letter) || letter is >= '\u001c' and <= '\u001f';
    }
}
