using SanaLive.Eval.Inputs;

namespace SanaLive.Eval.Tests.Inputs;

public sealed class JournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("eval-journal").FullName;

    private string File => Path.Combine(folder, "journal.jsonl");

    [Fact]
    public async Task Journal_OpenedAgain_MakesNothingTwice()
    {
        using (var journal = Journal.Open(File, "a"))
            await journal.GetAsync("x/0", () => Task.FromResult(5));
        using var again = Journal.Open(File, "a");
        Assert.Equal(1, again.Found);
        Assert.Equal(5, await again.GetAsync<int>("x/0", () => throw new InvalidOperationException("made twice")));
    }

    [Fact]
    public void Journal_StoppedInTheMiddleOfALine_GoesOnBeforeIt()
    {
        using (var journal = Journal.Open(File, "a"))
        {
            journal.Add("x/0", 5);
            journal.Add("x/1", 6);
        }

        System.IO.File.WriteAllText(File, System.IO.File.ReadAllText(File)[..^9]);
        using (var again = Journal.Open(File, "a"))
        {
            Assert.True(again.Has("x/0"));
            Assert.False(again.Has("x/1"));
            again.Add("x/1", 7);
        }

        using var third = Journal.Open(File, "a");
        Assert.Equal(7, third.Get<int>("x/1"));
    }

    [Fact]
    public void Journal_OfSomethingElse_IsNeverMixedIn()
    {
        Journal.Open(File, "a").Dispose();
        var error = Assert.Throws<EvalException>(() => Journal.Open(File, "b"));
        Assert.Contains("--out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Journal_DamagedInTheMiddle_IsRefusedWithTheLine()
    {
        using (var journal = Journal.Open(File, "a"))
            journal.Add("x/0", 5);
        System.IO.File.WriteAllText(File, "nonsense\n" + System.IO.File.ReadAllText(File));
        Assert.Contains("line 1", Assert.Throws<EvalException>(() => Journal.Open(File, "a")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
