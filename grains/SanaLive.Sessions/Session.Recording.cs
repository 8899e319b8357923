using SanaLive.Sessions.Recordings;

namespace SanaLive.Sessions;

/// <content>What has been shown, for those who want to have it.</content>
internal sealed partial class Session
{
    private readonly SessionRecording _recording;

    /// <summary>See <see cref="ISessionHost.RecordingAsync"/>.</summary>
    public async Task<RecordingCut> RecordingAsync(TimeSpan? from, TimeSpan? to)
    {
        var blocks = await _recording.BetweenAsync(from, to, _around.Time.GetUtcNow());
        try
        {
            return new KeptRecordingCut(_around.Model.Width, _around.Model.Height, blocks, ChaptersBetween(blocks[0].MediaTime, blocks[^1].End));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SessionException(SessionError.Conflict, "The beginning of this recording has just become too old to be kept: ask again.", e);
        }
    }

    /// <summary>What was in force at the beginning, and whatever was said between two media times.</summary>
    private IReadOnlyList<RecordingChapter> ChaptersBetween(TimeSpan from, TimeSpan to)
    {
        List<RecordingChapter> all;
        lock (_gate)
        {
            all = [.. _schedule.Receipts.Where(receipt => receipt is { Status: CueStatus.Applied, MediaTime: not null })
                .Select(receipt => new RecordingChapter(TimeSpan.FromSeconds(receipt.MediaTime!.Value), receipt.Prompt))];
            if (_rewound is { } back) all.Add(new RecordingChapter(_timeline.At(back.Block), $"Back to {back.Name ?? $"{_timeline.At(back.From).TotalSeconds:0.#} s"}"));
        }

        var before = all.Where(chapter => chapter.MediaTime <= from).MaxBy(chapter => chapter.MediaTime);
        return [new RecordingChapter(from, before?.Title ?? _start.Prompt.Text), .. all.Where(chapter => chapter.MediaTime > from && chapter.MediaTime < to).OrderBy(chapter => chapter.MediaTime)];
    }
}
