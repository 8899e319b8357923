using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Kernels;

public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Run_ManyJobsOfEverySize_RunsEveryChunkExactlyOnce(int threads)
    {
        using var pool = new WorkerPool(threads);
        var counts = stackalloc int[64];
        for (var job = 0; job < 20_000; job++)
        {
            // Small and large jobs by turns: a thread that is late in a small one must not take a chunk of the large one.
            var chunks = job % 2 == 0 ? job % 5 : job % 64;
            new Span<int>(counts, 64).Clear();

            pool.Run(chunks, &Count, counts);

            for (var chunk = 0; chunk < 64; chunk++)
            {
                if (counts[chunk] != (chunk < chunks ? 1 : 0))
                    Assert.Fail($"Job {job}: chunk {chunk} of {chunks} ran {counts[chunk]} times.");
            }
        }

        static void Count(void* context, int chunk, int worker) => Interlocked.Increment(ref ((int*)context)[chunk]);
    }

    [Fact]
    public void Run_WithChunksThatWaitForEachOther_UsesAllThreadsUnderDifferentNumbers()
    {
        using var pool = new WorkerPool(3);
        var job = new Meeting();

        pool.Run(3, &Meet, &job);

        Assert.Equal(3, job.Arrived);
        Assert.Equal(0b111, job.Workers);

        // No chunk ends before all three have begun: each needs a thread of its own.
        static void Meet(void* context, int chunk, int worker)
        {
            ref var meeting = ref *(Meeting*)context;
            Interlocked.Or(ref meeting.Workers, 1 << worker);
            Interlocked.Increment(ref meeting.Arrived);
            var wait = new SpinWait();
            while (Volatile.Read(ref meeting.Arrived) < 3)
                wait.SpinOnce();
        }
    }

    [Fact]
    public void Run_FromWithinAChunk_IsRefused()
    {
        using var pool = new WorkerPool(1);
        var refused = 0;
        s_pool = pool;

        pool.Run(1, &RunAgain, &refused);

        Assert.Equal(1, refused);
        pool.Run(1, &Nothing, null);

        static void RunAgain(void* context, int chunk, int worker)
        {
            try
            {
                s_pool!.Run(1, &Nothing, null);
            }
            catch (InvalidOperationException)
            {
                *(int*)context = 1;
            }
        }

        static void Nothing(void* context, int chunk, int worker)
        {
        }
    }

    [Fact]
    public void Run_AfterAPauseLongEnoughToPark_StillRunsEverything()
    {
        using var pool = new WorkerPool(2);
        var sum = 0;
        for (var round = 0; round < 20; round++)
        {
            // Nothing is awaited but the worker's own decision to park; whether it did or not, the result is the same.
            Thread.SpinWait(2000 * round);
            pool.Run(10, &Add, &sum);
        }

        Assert.Equal(20 * 45, sum);

        static void Add(void* context, int chunk, int worker) => Interlocked.Add(ref *(int*)context, chunk);
    }

    [Fact]
    public void Dispose_Twice_EndsTheThreadsOnce()
    {
        var pool = new WorkerPool(3);

        pool.Dispose();
        pool.Dispose();

        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));
    }

    private static WorkerPool? s_pool;

    private struct Meeting
    {
        public int Arrived;
        public int Workers;
    }
}
