using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Tests.Schedule;

public sealed class PromptLineTests
{
    private static readonly Prompt Day = Words("day", 0);
    private static readonly Prompt Night = Words("night", 1);
    private static readonly Prompt Snow = Words("snow", 10);

    [Fact]
    public void Next_NothingChanges_AsksForThePromptAlone()
    {
        var (requests, _) = Take(new PromptLine(Day), 0, 2);
        Assert.All(requests, r => Assert.Equal((Day, null, 1f, false), (r.Prompt, r.BlendFrom, r.BlendWeight, r.Recache)));
    }

    [Fact]
    public void Switch_Cut_ForgetsThePastOnceAndRecachesNothing()
    {
        var (requests, _) = Take(new PromptLine(Day).Switch(Night, 0, Prompt.Mix), 5, 3);
        Assert.Equal([true, false, false], requests.Select(r => r.Cut));
        Assert.All(requests, r => Assert.False(r.Recache));
        Assert.All(requests, r => Assert.Equal((Night, null, 1f), (r.Prompt, r.BlendFrom, r.BlendWeight)));
    }

    [Fact]
    public void Switch_Blend_TakesEqualStepsOverItsBlocks()
    {
        var (requests, _) = Take(new PromptLine(Day).Switch(Night, 3, Prompt.Mix), 5, 5);
        Assert.Equal([0.25f, 0.5f, 0.75f, 1f, 1f], requests.Select(r => r.BlendWeight));
        Assert.Equal([Day, Day, Day, null, null], requests.Select(r => r.BlendFrom));
        Assert.Equal([true, false, false, false, false], requests.Select(r => r.Recache));
        Assert.All(requests, r => Assert.False(r.Cut));
    }

    [Fact]
    public void Switch_BeforeTheFirstBlock_HasNothingToRecacheOrForget()
    {
        foreach (var blendBlocks in new[] { 0, 1 })
        {
            var (requests, _) = Take(new PromptLine(Day).Switch(Night, blendBlocks, Prompt.Mix), 0, 2);
            Assert.All(requests, r => Assert.False(r.Recache || r.Cut));
        }
    }

    [Fact]
    public void Switch_InTheMiddleOfABlend_GoesOnFromWhereItWas()
    {
        var (_, half) = Take(new PromptLine(Day).Switch(Night, 3, Prompt.Mix), 5, 2);
        var (requests, _) = Take(half.Switch(Snow, 1, Prompt.Mix), 7, 2);
        // Two of three steps from 0 to 1 were made.
        Assert.Equal(0.5f, requests[0].BlendFrom!.Embedding.Span[0]);
        Assert.Equal((Snow, 0.5f, true), (requests[0].Prompt, requests[0].BlendWeight, requests[0].Recache));
        Assert.Null(requests[1].BlendFrom);
    }

    [Fact]
    public void Switch_RightAfterABlend_GoesOnFromItsLastStep()
    {
        var (_, done) = Take(new PromptLine(Day).Switch(Night, 1, Prompt.Mix), 5, 1);
        var (requests, _) = Take(done.Switch(Snow, 1, Prompt.Mix), 6, 1);
        Assert.Equal(0.5f, requests[0].BlendFrom!.Embedding.Span[0]);
        var (_, over) = Take(done, 6, 1);
        Assert.Same(Night, Take(over.Switch(Snow, 1, Prompt.Mix), 7, 1).Requests[0].BlendFrom);
    }

    [Fact]
    public void Switch_EmbeddingsOfOtherLength_GoesOnFromTheNearer()
    {
        var longer = Night with { Embedding = new float[] { 1, 1 }, Tokens = 2 };
        var (_, early) = Take(new PromptLine(Day).Switch(longer, 3, Prompt.Mix), 5, 1);
        var (_, late) = Take(new PromptLine(Day).Switch(longer, 3, Prompt.Mix), 5, 3);
        Assert.Same(Day, Take(early.Switch(Snow, 1, Prompt.Mix), 6, 1).Requests[0].BlendFrom);
        Assert.Same(longer, Take(late.Switch(Snow, 1, Prompt.Mix), 8, 1).Requests[0].BlendFrom);
    }

    [Fact]
    public void Next_TwiceFromOneLine_IsTheSame()
    {
        var line = new PromptLine(Day).Switch(Night, 2, Prompt.Mix);
        Assert.Equal(line.Next(4, default).Request, line.Next(4, default).Request);
    }

    private static (List<BlockRequest> Requests, PromptLine After) Take(PromptLine line, long block, int count)
    {
        var requests = new List<BlockRequest>();
        for (var i = 0; i < count; i++)
        {
            (var request, line) = line.Next(block + i, default);
            requests.Add(request);
        }

        return (requests, line);
    }

    private static Prompt Words(string text, float value) => new(text, text, [], [], new[] { value }, 1);
}
