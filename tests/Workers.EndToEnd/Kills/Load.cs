using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>
/// Callers that do what callers should: each request has a key, and one that was not answered is sent again with the same key until it is.
/// </summary>
/// <param name="paced">True: only a few more requests than are waited for, so that what is to be done in the end does not depend on the machine; else as fast as answers come.</param>
internal sealed class Load(KilledProgram program, int seed, bool paced = false) : IDisposable
{
    public const int Scarce = 15;
    public const int Plenty = 100_000;
    private const int Callers = 4;

    // Of paced callers: requests that are on their way when nobody waits for an answer any more.
    private const int Beyond = 3;

    private static readonly TimeSpan BeforeTheNextTry = TimeSpan.FromMilliseconds(50);

    private readonly Channel<string> _answered = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _refused = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<string> _unfit = new();
    private readonly SemaphoreSlim _turns = new(0);
    private int _refusals;
    private readonly ConcurrentQueue<Accepted> _accepted = new();
    private readonly ConcurrentQueue<string> _orders = new();
    private volatile bool _ending;
    private volatile bool _abandoned;

    /// <summary>With the stock each begins with.</summary>
    public static IReadOnlyDictionary<string, int> Products { get; } =
        new Dictionary<string, int> { ["plenty"] = Plenty, ["other"] = Plenty, ["scarce"] = Scarce, ["numbered"] = 0 };

    /// <summary>All that was answered with 2xx or a refusal.</summary>
    public IReadOnlyCollection<Accepted> Accepted => _accepted;

    public IReadOnlyCollection<string> Orders => _orders;

    /// <summary>How many requests were answered with 503 and when to try again.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Answers that tell neither what became of the request nor when to send it again.</summary>
    public IReadOnlyCollection<string> Unfit => _unfit;

    /// <summary>How many numbered adjustments were answered; they are 1, 2, 3, … of the product <c>numbered</c>.</summary>
    public int Numbered { get; private set; }

    public async Task PrepareAsync()
    {
        foreach (var (product, stock) in Products)
        {
            await SendAsync("product-" + product, HttpMethod.Post, "/api/v1/products", Bodies.Product(product, stock), later: false);
        }
    }

    /// <summary>Returns when so many more requests have been answered.</summary>
    public Task AnsweredAsync(int count, TimeSpan patience)
    {
        Forget(_answered.Reader);
        Permit(count);
        return NextAsync(_answered.Reader, count, patience);
    }

    /// <summary>Returns when so many more requests have been answered with 503 and when to try again.</summary>
    public async Task RefusedAsync(int count, TimeSpan patience)
    {
        Forget(_refused.Reader);
        Forget(_answered.Reader);
        Permit(count);
        while (count > 0)
        {
            await Task.WhenAny(_refused.Reader.WaitToReadAsync().AsTask(), _answered.Reader.WaitToReadAsync().AsTask()).WaitAsync(patience);
            while (_refused.Reader.TryRead(out _))
            {
                count--;
            }

            // What was accepted all the same is followed by another.
            while (_answered.Reader.TryRead(out _))
            {
                Permit(1 - Beyond);
            }
        }
    }

    /// <summary>Runs until <see cref="End"/>; then every request has an answer.</summary>
    public Task RunAsync() => Task.WhenAll([NumberedAsync(), .. Enumerable.Range(1, Callers - 1).Select(MixedAsync)]);

    public void End()
    {
        _ending = true;
        _turns.Release(Callers);
    }

    /// <summary>Nobody waits for answers any more: there may be no program to give them.</summary>
    public void Abandon()
    {
        _abandoned = true;
        End();
    }

    public void Dispose() => _turns.Dispose();

    private static async Task NextAsync(ChannelReader<string> signals, int count, TimeSpan patience)
    {
        for (var n = 0; n < count; n++)
        {
            await signals.ReadAsync().AsTask().WaitAsync(patience);
        }
    }

    private static void Forget(ChannelReader<string> signals)
    {
        while (signals.TryRead(out _))
        {
        }
    }

    private void Permit(int requests)
    {
        if (paced)
        {
            _turns.Release(requests + Beyond);
        }
    }

    private async Task<bool> GoesOnAsync()
    {
        if (paced)
        {
            await _turns.WaitAsync();
        }

        return !_ending;
    }

    private async Task NumberedAsync()
    {
        for (var n = 1; await GoesOnAsync(); n++)
        {
            var number = n.ToString(CultureInfo.InvariantCulture);
            await SendAsync("numbered-" + number, HttpMethod.Post, "/api/v1/commands/execute-async", Bodies.Adjust("numbered", "add", 1, number), later: true);
            Numbered = n;
        }
    }

    private async Task MixedAsync(int caller)
    {
        var random = new Random(HashCode.Combine(seed, caller));
        var mine = new List<string>();
        for (var n = 0; await GoesOnAsync(); n++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"o-{caller}-{n}");
            var kind = random.Next(10);
            if (kind < 6 || (kind > 7 && mine.Count == 0))
            {
                await OrderAsync(id, random);
                mine.Add(id);
            }
            else if (kind < 8)
            {
                var product = random.Next(4) == 0 ? "scarce" : "other";
                var (action, quantity) = random.Next(3) == 0 ? ("remove", random.Next(1, 9)) : ("add", random.Next(1, 5));
                await SendAsync(id, HttpMethod.Post, "/api/v1/commands/execute", Bodies.Adjust(product, action, quantity, id), random.Next(2) == 0);
            }
            else
            {
                var order = mine[random.Next(mine.Count)];
                await SendAsync(id, HttpMethod.Put, $"/api/v1/orders/{order}/cancel", """{"reason":"changed my mind"}""", random.Next(2) == 0);
            }
        }
    }

    private async Task OrderAsync(string id, Random random)
    {
        var cents = random.Next(6) switch { 0 => 13, 1 => 17, _ => 50 };
        var product = random.Next(5) switch { 0 => "scarce", 1 => "other", _ => "plenty" };
        var body = Bodies.Order(id, product, random.Next(1, 100) + (cents / 100m), quantity: 1, customer: "customer");
        await SendAsync(id, HttpMethod.Post, "/api/v1/orders", body, random.Next(2) == 0);
        _orders.Enqueue(id);
    }

    private async Task SendAsync(string key, HttpMethod method, string path, string body, bool later)
    {
        using var pause = new PeriodicTimer(BeforeTheNextTry);
        for (var tries = 0; !_abandoned; tries++)
        {
            if (tries > 0)
            {
                await pause.WaitForNextTickAsync();
            }

            var present = await program.Present;
            try
            {
                var answer = await present.Api.SendAsync(method, path, body, ("Idempotency-Key", key), ("Prefer", later ? "respond-async" : "wait=20"));
                if (answer.Status < 500)
                {
                    _accepted.Enqueue(new Accepted(key, answer.Header("X-Command-Id") ?? answer.Text("id") ?? throw new InvalidOperationException($"{path}: {answer}")));
                    _answered.Writer.TryWrite(key);
                    return;
                }

                if (answer.Status == 503 && answer.Header("Retry-After") is not null)
                {
                    Interlocked.Increment(ref _refusals);
                    _refused.Writer.TryWrite(key);
                }
                else
                {
                    _unfit.Enqueue($"{method} {path}: {answer}");
                }
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException or ObjectDisposedException)
            {
                // Killed under the request: it may have been accepted or not, so it is sent again.
            }
        }
    }
}

/// <param name="Key">The caller's.</param>
/// <param name="CommandId">Ours.</param>
internal sealed record Accepted(string Key, string CommandId);
