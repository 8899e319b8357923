namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Persistent threads that run the chunks of one job after another. Every thread has its own share of neighbouring chunks, the same
/// share of every job, so that one kernel finds in its cache what the kernel before has written; who is done takes from the others, so
/// that a job never waits for a thread that the system has not scheduled yet. The caller works too. A dispatch allocates nothing. Who
/// runs a chunk is left to chance; chunks must therefore write disjoint outputs, and results cannot depend on the number of threads.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    // About 20 microseconds: longer than the gaps between two kernels of a model, shorter than anything that a neighbour would notice.
    private const int SpinsBeforeParking = 400;
    private const int TicketStride = 8;

    private readonly Thread[] threads;
    private readonly AutoResetEvent[] wakeUps;
    private readonly int[] parked;

    // One for each thread's share, a cache line apart. Job number in the upper half, next chunk in the lower: a late worker cannot
    // claim a chunk of a job that it has not read.
    private readonly long[] tickets;
    private int published;
    private int finished;
    private int chunks;
    private delegate*<void*, int, int, void> body;
    private void* context;
    private int running;
    private volatile bool stopping;

    /// <param name="threadCount">Threads in all, the caller among them: 1 or more.</param>
    public WorkerPool(int threadCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ThreadCount = threadCount;
        threads = new Thread[threadCount - 1];
        wakeUps = new AutoResetEvent[threadCount - 1];
        parked = new int[threadCount - 1];
        tickets = new long[(threadCount + 1) * TicketStride];
        for (var i = 0; i < threads.Length; i++)
        {
            var worker = i;
            wakeUps[i] = new AutoResetEvent(false);
            threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"kernel worker {i + 1}" };
            threads[i].Start();
        }
    }

    /// <summary>Threads in all, the caller among them.</summary>
    public int ThreadCount { get; }

    /// <summary>
    /// Runs <paramref name="job"/>(context, chunk, worker) for every chunk below <paramref name="chunkCount"/> and returns when all are
    /// done. The worker's number is below <see cref="ThreadCount"/>; two chunks that run at once have different ones. A chunk must not throw.
    /// </summary>
    /// <exception cref="InvalidOperationException">A job is running already: a pool serves one caller at a time.</exception>
    public void Run(int chunkCount, delegate*<void*, int, int, void> job, void* jobContext)
    {
        if (Interlocked.Exchange(ref running, 1) != 0)
            throw new InvalidOperationException("The worker pool is busy: it serves one caller at a time, and a chunk must not start a job.");
        if (threads.Length == 0 || chunkCount <= 1)
        {
            for (var chunk = 0; chunk < chunkCount; chunk++)
                job(jobContext, chunk, 0);
            Volatile.Write(ref running, 0);
            return;
        }

        // First the old tickets end: a late worker may have read one, and must not measure it against the new job's number of chunks.
        var number = published + 1;
        for (var share = 0; share < ThreadCount; share++)
            Interlocked.Exchange(ref Ticket(share), ((long)number << 32) | int.MaxValue);
        body = job;
        context = jobContext;
        chunks = chunkCount;
        finished = 0;
        for (var share = 0; share < ThreadCount; share++)
            Volatile.Write(ref Ticket(share), ((long)number << 32) | (uint)FirstChunk(share, chunkCount));
        // A full fence: the job is visible before its number, and its number before we look for parked workers.
        Interlocked.Exchange(ref published, number);
        for (var i = 0; i < threads.Length && i < chunkCount - 1; i++)
        {
            if (Volatile.Read(ref parked[i]) != 0)
                wakeUps[i].Set();
        }
        TakeChunks(number, 0);
        var wait = new SpinWait();
        while (Volatile.Read(ref finished) != chunkCount)
            wait.SpinOnce(sleep1Threshold: -1);
        Volatile.Write(ref running, 0);
    }

    public void Dispose()
    {
        if (stopping)
            return;
        stopping = true;
        foreach (var wakeUp in wakeUps)
            wakeUp.Set();
        foreach (var thread in threads)
            thread.Join();
        foreach (var wakeUp in wakeUps)
            wakeUp.Dispose();
    }

    /// <summary>A thread's own share first, then what is left of the others'.</summary>
    private void TakeChunks(int job, int worker)
    {
        for (var i = 0; i < ThreadCount; i++)
        {
            var share = worker + i < ThreadCount ? worker + i : worker + i - ThreadCount;
            if (!TakeShare(job, share, worker))
                return;
        }
    }

    /// <summary>False when the job is over.</summary>
    private bool TakeShare(int job, int share, int worker)
    {
        ref var next = ref Ticket(share);
        while (true)
        {
            var ticket = Volatile.Read(ref next);
            if ((int)(ticket >>> 32) != job)
                return false;
            // Read before the claim: if the claim succeeds, the ticket has not ended meanwhile, and these are its own job's.
            var (run, with, count) = ((nint)body, (nint)context, chunks);
            var chunk = (int)ticket;
            if (chunk >= FirstChunk(share + 1, count))
                return true;
            if (Interlocked.CompareExchange(ref next, ticket + 1, ticket) != ticket)
                continue;
            ((delegate*<void*, int, int, void>)run)((void*)with, chunk, worker);
            Interlocked.Increment(ref finished);
        }
    }

    private ref long Ticket(int share) => ref tickets[(share + 1) * TicketStride];

    private int FirstChunk(int share, int count) => (int)((long)share * count / ThreadCount);

    private void Work(int index)
    {
        var seen = 0;
        while (!stopping)
        {
            var job = AwaitJob(index, seen);
            if (job == seen)
                continue;
            seen = job;
            TakeChunks(job, index + 1);
        }
    }

    private int AwaitJob(int index, int seen)
    {
        for (var i = 0; i < SpinsBeforeParking; i++)
        {
            var job = Volatile.Read(ref published);
            if (job != seen)
                return job;
            Thread.SpinWait(1);
        }
        // Announce, then look once more: either we see the new job, or its caller sees us parked and wakes us.
        Interlocked.Exchange(ref parked[index], 1);
        if (Volatile.Read(ref published) == seen && !stopping)
            wakeUps[index].WaitOne();
        Volatile.Write(ref parked[index], 0);
        return Volatile.Read(ref published);
    }
}
