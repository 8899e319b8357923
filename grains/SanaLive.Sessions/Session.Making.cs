using System.Diagnostics;
using System.Numerics;
using Polly;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>The loop that makes blocks.</content>
internal sealed partial class Session
{
    /// <summary>Sleeps until something may have to be done, makes one block, looks again. Asleep it costs nothing.</summary>
    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await AnswerMomentsAsync();
                BlockPlan? plan;
                HostedEngine? elsewhere;
                lock (_gate)
                {
                    plan = _closed || _stopping ? null : Look(_around.Time.GetUtcNow());
                    if (_closed || _stopping) break;
                    elsewhere = plan is null ? Destination() : null;
                    _making |= elsewhere is not null;
                }

                if (elsewhere is not null)
                {
                    await CarryAsync(elsewhere);
                    lock (_gate) _making = false;
                }
                else if (plan is not null)
                {
                    await MakeAsync(plan);
                    lock (_gate) _making = false;
                }
                else if (RestsUnsaved()) await TakeSnapshotAsync();
                else await _wake.WaitAsync();
            }
        }
        catch (Exception e)
        {
            // An error of this class itself: nobody awaits the loop, so it must be seen here.
            lock (_gate) Fail(_begun, e);
        }

        await _publishing;
        RefuseMoments();
        await _bookmarking;
        await _recording.DisposeAsync();
        await _timer.DisposeAsync();
        if (!_closed && RestsUnsaved()) await TakeSnapshotAsync();
        lock (_gate) LetGo();
        await LetKeeperGoAsync();
        lock (_gate) _stopped = true;
        _blocksChanged.Fire();
    }

    /// <summary>Brings the session up to date. Says which block to make now, or sets the timer for when to look again.</summary>
    private BlockPlan? Look(DateTimeOffset now)
    {
        if (_failure is not null) LetGo();
        var ranBefore = LeaveLostEngine();
        var wanted = _failure is null && !_paused && (_viewers > 0 || GraceLeft(now) > TimeSpan.Zero || ClaimLeft(now) > TimeSpan.Zero);
        if (!wanted) Rest();
        // The viewer who finds no room was refused on entering; who comes back from a pause is never turned away.
        else _ticket ??= _around.Line.Apply(_home?.Engine, _wake.Set, force: true, first: ranBefore);
        LeaveDrainingEngine();
        if (_ticket?.Engine is { } engine && !_streaming && !_called) Start(engine, now);

        BlockPlan? plan = null;
        var wakeIn = UntilNextLook(now);
        if (_streaming && HasRoom() && Destination() is null)
        {
            var wait = _clock.WaitBefore(_begun, now);
            if (wait <= TimeSpan.Zero) wait = HoldLeft(now);
            if (wait <= TimeSpan.Zero) plan = Plan(now);
            else wakeIn = Sooner(wakeIn, wait);
        }

        if (Status() != _shownStatus || _ticket?.Position != _shownPosition) Changed();
        _timer.Change(plan is null ? wakeIn : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return plan;
    }

    // Timers count whole milliseconds: rounded down, one would go off before its time, again and again.
    private static TimeSpan Sooner(TimeSpan a, TimeSpan b)
    {
        var sooner = a == Timeout.InfiniteTimeSpan || b < a ? b : a;
        return TimeSpan.FromMilliseconds(Math.Ceiling(sooner.TotalMilliseconds));
    }

    /// <summary>
    /// One block may be with the encoder while the next is made. Until the first block of a run is out, its clock does not run, and the lead
    /// is counted in blocks.
    /// </summary>
    private bool HasRoom() =>
        _begun - _published < (_clock.IsRunning ? 2 : Math.Clamp((long)(_clock.Lead / _blockDuration), 1, 2));

    /// <summary>How long a block that may begin still waits for cues that are being read: a quarter of its duration at most.</summary>
    private TimeSpan HoldLeft(DateTimeOffset now)
    {
        if (_reading == 0) return TimeSpan.Zero;
        _heldSince ??= now;
        return _heldSince.Value + _blockDuration / 4 - now;
    }

    private BlockPlan Plan(DateTimeOffset now)
    {
        _making = true;
        var number = _begun;
        // A new run does not hurry: with the earliest deadline it would push aside streams that are being watched.
        var deadline = _clock.DueAt(number) ?? now + _clock.LongestLead;
        return new BlockPlan(number, now, deadline, [.. _schedule.PlannedFor(number).Select(cue =>
        {
            var read = _readAhead.GetValueOrDefault(cue.Id);
            return new PlannedCue(cue, read?.Previous, read?.Prompt);
        })]);
    }

    /// <summary>
    /// The engine's question when the block's turn has come. No: meanwhile a cue for it has come, changed or gone, or one is being read. It
    /// is then planned anew, with the same deadline.
    /// </summary>
    private bool TryBegin(BlockPlan plan)
    {
        lock (_gate)
        {
            if (plan is { Begun: true, IsVoid: false }) return true; // A block that failed is tried again.
            if (plan.IsVoid || _closed || HoldLeft(_around.Time.GetUtcNow()) > TimeSpan.Zero) return false;
            if (_rewinds.ContainsKey(plan.Number)) return false;
            if (!plan.Cues.Select(cue => cue.Receipt).SequenceEqual(_schedule.PlannedFor(plan.Number), ReferenceEqualityComparer.Instance)) return false;
            plan.Begun = true;
            _heldSince = null;
            _begun++;
            return true;
        }
    }

    private async Task MakeAsync(BlockPlan plan)
    {
        using var activity = SessionTelemetry.Source.StartActivity(SessionTelemetry.BlockActivity);
        activity?.SetTag("sanalive.session", Tag).SetTag("sanalive.block", plan.Number);
        try
        {
            var home = _home!;
            if (!await GoBackAsync(home, plan.Number)) _stream ??= await OpenStreamAsync(home);
            // What a block is made under is on the disk before it is begun: made again, it would come out the same.
            await FlushedAsync();
            var line = _line;
            foreach (var cue in plan.Cues)
                line = line.Switch(await ReadInPlaceAsync(plan.Number, cue, line.InForce), cue.Receipt.BlendBlocks, home.Engine.Engine.Blend);
            var (request, after) = line.Next(plan.Number - _shift, plan.Deadline);
            request = request with { Begin = () => TryBegin(plan) };
            var block = await AskAsync(home, plan.Number, (lease, stop) => lease.GenerateAsync(_stream!, request, stop));
            Check(block, plan, request.Cut);
            lock (_gate)
            {
                _line = after;
                _timeline.Made(plan.Number, TimeSpan.FromSeconds((double)block.Frames.Length / _around.Model.PictureBytes / _around.Model.FramesPerSecond));
                NoteApplied(plan);
            }

            SessionTelemetry.BlockTime.Record((block.Timings.Queued + block.Timings.Compute).TotalSeconds);
            var newScene = plan.Number == 0 || request.Cut;
            _publishing = PublishAsync(plan, line.InForce, newScene, block, _publishing);
            if (WantsState(_around.Time.GetUtcNow())) await TakeSnapshotAsync();
            if (WantsBookmark()) await TakeBookmarkAsync();
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested || !plan.Begun)
        {
            // The session was closed, or the block is planned anew.
        }
        catch (EngineLostException e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            lock (_gate) plan.IsVoid = true;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            lock (_gate) Fail(plan.Number, e);
        }
    }

    /// <summary>What the cue says, merged into what is in force at its block.</summary>
    private ValueTask<Prompt> ReadInPlaceAsync(long block, PlannedCue cue, Prompt inForce) =>
        cue.ReadAs is { } read && ReferenceEquals(cue.ReadAgainst, inForce)
            ? new ValueTask<Prompt>(read)
            : AskAsync(_home!, block, (lease, cancellation) => lease.CallAsync(
                (engine, stop) => engine.ReadPromptAsync(inForce, cue.Receipt.Words, cue.Receipt.Controls, stop), cancellation));

    /// <summary>
    /// A failed call leaves the stream as it was, and the same call gives the same block: trying again is safe. What fails again and again is
    /// the stream's fault, unless the engine fails with another stream too.
    /// </summary>
    /// <exception cref="EngineLostException">It was the engine.</exception>
    private async ValueTask<T> AskAsync<T>(EngineLease home, long block, Func<EngineLease, CancellationToken, ValueTask<T>> call)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, _ending.Token);
        context.Properties.Set(InProcessSessionHost.RetriedBlock, (Tag, block));
        try
        {
            return await _around.Retry.ExecuteAsync(
                static (c, state) => state.call(state.home, c.CancellationToken), context, (call, home));
        }
        catch (Exception e) when (e is not (OperationCanceledException or EngineLostException))
        {
            if (await home.IsSoundAsync(_line.InForce, e)) throw;
            throw new EngineLostException(home.Engine.Name, home.Engine.Failure, e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private void Check(GeneratedBlock block, BlockPlan plan, bool cut)
    {
        var (model, number) = (_around.Model, plan.Number);
        if (!plan.Begun) throw new InvalidOperationException($"Engine {_home!.Engine.Name} made block {number} without asking whether it may begin.");
        var pictures = cut || block.Number == 0 ? model.FirstBlockFrames : model.FramesPerBlock;
        if (block.Number + _shift != number) throw new InvalidOperationException($"The engine returned block {block.Number} instead of {number - _shift}.");
        if (block.Frames.Length != pictures * model.PictureBytes)
            throw new InvalidOperationException($"The engine returned {block.Frames.Length} bytes of frames; this block of {model.Name} has {pictures} of {model.PictureBytes}.");
    }

    /// <summary>Encodes a block while the next is made, and shows it. Blocks come out in order; never throws.</summary>
    private async Task PublishAsync(BlockPlan plan, Prompt prompt, bool newScene, GeneratedBlock block, Task previous)
    {
        try
        {
            await previous;
            var encoded = await _around.Encoder.EncodeAsync(block.Frames, _around.Model, _ending.Token);
            lock (_gate)
            {
                if (_closed || _published != plan.Number) return;
                Learn(plan, newScene, block.Timings.Compute + encoded.Duration);
                Show(plan, prompt, block, encoded);
            }

            _blocksChanged.Fire();
            _wake.Set();
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The session was closed.
        }
        catch (Exception e)
        {
            lock (_gate) Fail(plan.Number, e);
        }
    }

    private void Learn(BlockPlan plan, bool newScene, TimeSpan work)
    {
        var now = _around.Time.GetUtcNow();
        var spare = plan.Number >= _firstToShow && _viewers > 0 && !_paused ? _clock.DueAt(plan.Number) - now : null;
        _lead.Made(now - plan.At, work, spare, newScene, _around.Line.Sharing(_home!.Engine));
        _clock.Lead = _lead.Lead;
    }

    private void Show(BlockPlan plan, Prompt prompt, GeneratedBlock block, Encoding.EncodedFrames encoded)
    {
        CompareWithShown(plan.Number, encoded.Hash);
        var mediaTime = _clock.MediaTime(plan.Number);
        if (_made.Count == RememberedHashes) _made.Dequeue();
        _made.Enqueue(new MadeBlock(Epoch, plan.Number, block.Number, encoded.Hash));
        // What was shown before a restart is made again, but not shown again.
        if (plan.Number >= _firstToShow) PutOnAir(plan, encoded, mediaTime);
        _published = plan.Number + 1;
        _shownPrompt = prompt;
        _lastKeyframe = encoded.Frames[0];
        var (queued, compute, encode) = (block.Timings.Queued, block.Timings.Compute, encoded.Duration);
        _lastBlock = new StageMilliseconds(
            queued.TotalMilliseconds,
            block.Timings.Denoise.TotalMilliseconds,
            block.Timings.StatePass.TotalMilliseconds,
            block.Timings.Decode.TotalMilliseconds,
            encode.TotalMilliseconds,
            (queued + compute + encode).TotalMilliseconds);
        SessionTelemetry.BlockCount.Add(1);
        SessionTelemetry.EncodeTime.Record(encode.TotalSeconds);
        SessionTelemetry.BlockSize.Record(encoded.Frames.Sum(f => (long)f.Length));
        foreach (var e in plan.Cues.SelectMany(cue => _schedule.Apply(cue.Receipt.Id, plan.Number, mediaTime.TotalSeconds))) Remember(e);
        Changed();
    }

    private void PutOnAir(BlockPlan plan, Encoding.EncodedFrames encoded, TimeSpan mediaTime)
    {
        var stalls = _clock.Stalls;
        var due = _clock.Publish(plan.Number, _around.Time.GetUtcNow(), watched: _viewers > 0 && !_paused);
        if (_clock.Stalls > stalls)
        {
            SessionTelemetry.StallCount.Add(1);
            // An engine that is too slow stalls at every block: the first, second, fourth, eighth... are told.
            if (BitOperations.IsPow2(_clock.Stalls)) _around.Log.Stalled(Tag, plan.Number, _clock.Stalls);
        }

        var block = new EncodedBlock
        {
            Epoch = Epoch,
            Number = plan.Number,
            MediaTime = mediaTime,
            DueAt = due,
            FramesPerSecond = _around.Model.FramesPerSecond,
            Frames = encoded.Frames,
            FrameHash = encoded.Hash,
        };
        _recent.Add(block);
        _recording.Add(block);
        _keeper?.Published(block);
    }

    private void Fail(long block, Exception error)
    {
        if (_closed || _failure is not null) return;
        _failure = $"Block {block} could not be made: {error.Message.TrimEnd('.')}.";
        SessionTelemetry.FailureCount.Add(1);
        _around.Log.Failed(error, Tag, block);
        Changed();
        _blocksChanged.Fire();
        _wake.Set();
    }
}
