using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Tests.Schedule;

public sealed class PromptScheduleTests
{
    private readonly PromptSchedule _schedule = new();
    private int _count;

    [Fact]
    public void Accept_WithoutABlock_IsPlannedForTheNextFreeOne()
    {
        var receipt = Accept(new CueRequest("night"), freeBlock: 4);
        Assert.Equal((CueStatus.Accepted, 4L, 1, (double?)null), (receipt.Status, receipt.Block, receipt.BlendBlocks, receipt.MediaTime));
        Assert.Same(receipt, Assert.Single(_schedule.PlannedFor(4)));
        Assert.Empty(_schedule.PlannedFor(3));
        Assert.Empty(_schedule.PlannedFor(5));
    }

    [Fact]
    public void Accept_SeveralForOneBlock_TheLastWinsAndTheOthersSayWhoDid()
    {
        var first = Accept(new CueRequest("night", 9));
        var second = Accept(new CueRequest("day", 9));
        var third = Accept(new CueRequest("snow", 9));

        Assert.Equal(third.Id, Assert.Single(_schedule.PlannedFor(9)).Id);
        Assert.Equal([CueStatus.Superseded, CueStatus.Superseded, CueStatus.Accepted], _schedule.Receipts.Select(r => r.Status));
        Assert.Contains(second.Id, _schedule.Find(first.Id)!.Note);
        Assert.Contains(third.Id, _schedule.Find(second.Id)!.Note);
    }

    [Fact]
    public void Accept_OtherBlocks_AreUntouched()
    {
        Accept(new CueRequest("night", 9));
        Accept(new CueRequest("day", 10));
        Assert.All(_schedule.Receipts, r => Assert.Equal(CueStatus.Accepted, r.Status));
    }

    [Theory]
    [InlineData(3, SessionError.Conflict, "next free block is 4")]
    [InlineData(0, SessionError.Conflict, "next free block is 4")]
    [InlineData(1_000_005, SessionError.Invalid, "blocks ahead")]
    [InlineData(long.MaxValue, SessionError.Invalid, "blocks ahead")]
    public void Accept_BlockOutOfReach_IsRefusedWithASentence(long block, SessionError error, string sentence)
    {
        var refusal = Assert.Throws<SessionException>(() => Accept(new CueRequest("night", block), freeBlock: 4));
        Assert.Equal(error, refusal.Error);
        Assert.Contains(sentence, refusal.Message);
        Assert.Empty(_schedule.Journal);
    }

    [Fact]
    public void Accept_TooManyPending_IsRefusedUntilOneIsDone()
    {
        var schedule = new PromptSchedule(maxPending: 2);
        Add(schedule, schedule.Accept("a", new CueRequest("x", 1), 0, 0, [], []));
        Add(schedule, schedule.Accept("b", new CueRequest("x", 2), 0, 0, [], []));
        Assert.Equal(SessionError.Conflict, Assert.Throws<SessionException>(() => schedule.Accept("c", new CueRequest("x", 3), 0, 0, [], [])).Error);
        Add(schedule, schedule.Withdraw("a", 0));
        Add(schedule, schedule.Accept("c", new CueRequest("x", 3), 0, 0, [], []));
    }

    [Fact]
    public void Accept_WordsNotUnderstood_AreNoted()
    {
        Add(_schedule, _schedule.Accept("a", new CueRequest("xyzzy night"), 0, 0, ["night"], ["xyzzy"]));
        Add(_schedule, _schedule.Accept("b", new CueRequest("xyzzy", 5), 0, 0, [], ["xyzzy"]));
        Assert.Equal("The model does not know: xyzzy.", _schedule.Find("a")!.Note);
        Assert.Contains("stay as it is", _schedule.Find("b")!.Note);
    }

    [Fact]
    public void Change_WhatIsLeftOut_Stays()
    {
        var cue = Accept(new CueRequest("night", 9, 5, "mine"));
        Add(_schedule, _schedule.Change(cue.Id, new CueRequest("day"), 2, ["day"], []));
        var changed = _schedule.Find(cue.Id)!;
        Assert.Equal(("day", 9L, 5, "mine", CueStatus.Accepted), (changed.Prompt, changed.Block, changed.BlendBlocks, changed.ClientId, changed.Status));
        Assert.Equal(["day"], changed.Understood);
    }

    [Fact]
    public void Change_ToAnotherBlock_SupersedesWhatWasThere()
    {
        var there = Accept(new CueRequest("night", 9));
        var moved = Accept(new CueRequest("day", 12));
        Add(_schedule, _schedule.Change(moved.Id, new CueRequest("day", 9), 2, [], []));
        Assert.Equal(CueStatus.Superseded, _schedule.Find(there.Id)!.Status);
        Assert.Equal(moved.Id, Assert.Single(_schedule.PlannedFor(9)).Id);
        Assert.Empty(_schedule.PlannedFor(12));
    }

    [Fact]
    public void Change_OtherClientId_IsRefused()
    {
        var cue = Accept(new CueRequest("night", 9, ClientId: "mine"));
        Assert.Equal(SessionError.Invalid, Assert.Throws<SessionException>(() => _schedule.Change(cue.Id, new CueRequest("x", ClientId: "other"), 0, [], [])).Error);
        Assert.Single(_schedule.Change(cue.Id, new CueRequest("x", ClientId: "mine"), 0, [], []));
    }

    [Fact]
    public void ChangeOrWithdraw_BlockIsBeingMade_IsRefused()
    {
        var cue = Accept(new CueRequest("night", 5));
        foreach (var refusal in new[]
        {
            Assert.Throws<SessionException>(() => _schedule.Change(cue.Id, new CueRequest("x"), 6, [], [])),
            Assert.Throws<SessionException>(() => _schedule.Withdraw(cue.Id, 6)),
        })
        {
            Assert.Equal(SessionError.Conflict, refusal.Error);
            Assert.Contains("is being made", refusal.Message);
        }
    }

    [Fact]
    public void ChangeOrWithdraw_Applied_IsRefusedAndSaysWhere()
    {
        var cue = Accept(new CueRequest("night", 5));
        Add(_schedule, _schedule.Apply(cue.Id, 5, 2.5));
        var refusal = Assert.Throws<SessionException>(() => _schedule.Withdraw(cue.Id, 6));
        Assert.Equal(SessionError.Conflict, refusal.Error);
        Assert.Contains("applied at block 5", refusal.Message);
        Assert.Equal(2.5, _schedule.Find(cue.Id)!.MediaTime);
    }

    [Fact]
    public void ChangeOrWithdraw_NoSuchCue_IsNotFound()
    {
        Assert.Equal(SessionError.NotFound, Assert.Throws<SessionException>(() => _schedule.Withdraw("c99", 0)).Error);
        Assert.Equal(SessionError.NotFound, Assert.Throws<SessionException>(() => _schedule.Change("c99", new CueRequest("x"), 0, [], [])).Error);
    }

    [Fact]
    public void Withdraw_Twice_IsOnce()
    {
        var cue = Accept(new CueRequest("night", 5));
        Add(_schedule, _schedule.Withdraw(cue.Id, 0));
        Assert.Empty(_schedule.Withdraw(cue.Id, 0));
        Assert.Equal(CueStatus.Withdrawn, _schedule.Find(cue.Id)!.Status);
        Assert.Empty(_schedule.PlannedFor(5));
        Assert.Throws<SessionException>(() => _schedule.Change(cue.Id, new CueRequest("x"), 0, [], []));
    }

    [Fact]
    public void Add_ManyFinishedCues_OldestAreForgottenPendingAreNot()
    {
        var schedule = new PromptSchedule(keepFinished: 3);
        Add(schedule, schedule.Accept("future", new CueRequest("x", 1000, ClientId: "f"), 0, 0, [], []));
        for (var i = 0; i < 10; i++)
        {
            Add(schedule, schedule.Accept($"c{i}", new CueRequest("x", i), i, 0, [], []));
            Add(schedule, schedule.Apply($"c{i}", i, i));
        }

        Assert.Equal(["future", "c7", "c8", "c9"], schedule.Receipts.Select(r => r.Id));
        Assert.Equal(7, schedule.Journal.Count);
    }

    [Fact]
    public void Replay_TheJournalUpToAnyMoment_GivesTheScheduleOfThatMoment()
    {
        var random = new Random(11);
        var schedule = new PromptSchedule(keepFinished: 1000);
        var moments = new List<(int Events, IReadOnlyList<CueReceipt> Receipts)>();
        var ids = new List<string>();
        for (var block = 0; block < 200; block++)
        {
            var id = $"c{block}";
            if (random.Next(2) == 0) Try(() => schedule.Accept(id, new CueRequest($"p{block}", block + random.Next(4), random.Next(3)), block, 1, [], []), () => ids.Add(id));
            if (ids.Count > 0 && random.Next(3) == 0) Try(() => schedule.Change(Any(), new CueRequest("q", block + random.Next(4)), block, [], []));
            if (ids.Count > 0 && random.Next(4) == 0) Try(() => schedule.Withdraw(Any(), block));
            foreach (var planned in schedule.PlannedFor(block)) Add(schedule, schedule.Apply(planned.Id, block, block / 2.0));
            moments.Add((schedule.Journal.Count, schedule.Receipts));
        }

        Assert.True(schedule.Journal.Count > 150);
        foreach (var (events, receipts) in moments)
            Assert.Equal(receipts.Select(Text), PromptSchedule.Replay(schedule.Journal.Take(events)).Receipts.Select(Text));
        // Never two for one block, and no block's cue was left behind.
        Assert.All(schedule.Receipts.Where(r => r.Status == CueStatus.Applied).GroupBy(r => r.Block), g => Assert.Single(g));
        Assert.DoesNotContain(schedule.Receipts, r => r.Status == CueStatus.Accepted && r.Block < 200);

        string Any() => ids[random.Next(ids.Count)];

        static string Text(CueReceipt r) => $"{r.Id} {r.Prompt} {r.Status} {r.Block} {r.BlendBlocks} {r.MediaTime} {r.Note}";

        void Try(Func<IReadOnlyList<CueEvent>> decide, Action? done = null)
        {
            try
            {
                Add(schedule, decide());
                done?.Invoke();
            }
            catch (SessionException e) when (e.Error == SessionError.Conflict)
            {
                // Too late for that cue.
            }
        }
    }

    [Fact]
    public void Replay_JournalAfterForgetting_GivesTheSameReceipts()
    {
        var schedule = new PromptSchedule(keepFinished: 2);
        for (var i = 0; i < 9; i++)
        {
            Add(schedule, schedule.Accept($"a{i}", new CueRequest("x", i), i, 0, [], []));
            Add(schedule, schedule.Accept($"b{i}", new CueRequest("x", i), i, 0, [], []));
            Add(schedule, schedule.Apply($"b{i}", i, i));
        }

        Assert.Equal(schedule.Receipts.Select(r => r.Id), PromptSchedule.Replay(schedule.Journal, keepFinished: 2).Receipts.Select(r => r.Id));
    }

    [Fact]
    public void Add_CueChangedAgainAndAgain_KeepsTheJournalSmallAndItsReceipt()
    {
        Add(_schedule, _schedule.Accept("a", new CueRequest("x", 1000), 0, 0, [], []));
        Add(_schedule, _schedule.Accept("b", new CueRequest("y", 500), 0, 0, [], []));
        for (var i = 0; i < 500; i++) Add(_schedule, _schedule.Change("a", new CueRequest($"x{i}", 1000 - i), 0, [], []));

        Assert.InRange(_schedule.Journal.Count, 3, 30);
        Assert.Equal(_schedule.Receipts, PromptSchedule.Replay(_schedule.Journal).Receipts);
        Assert.Equal(("x499", 501L), (_schedule.Find("a")!.Prompt, _schedule.Find("a")!.Block));
    }

    [Fact]
    public void Add_EventOfAnUnknownCue_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => _schedule.Add(new CueEvent.Withdrawn("c1")));

    private CueReceipt Accept(CueRequest request, long freeBlock = 0)
    {
        var id = $"c{++_count}";
        Add(_schedule, _schedule.Accept(id, request, freeBlock, 1, [], []));
        return _schedule.Find(id)!;
    }

    private static void Add(PromptSchedule schedule, IReadOnlyList<CueEvent> events)
    {
        foreach (var e in events) schedule.Add(e);
    }
}
