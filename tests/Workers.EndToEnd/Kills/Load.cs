using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Kills;

/// <summary>
/// Callers that do what callers should: each request has a key, and one that was not answered is sent again with the same key until it is.
/// </summary>
internal sealed class Load(KilledProgram program, int seed)
{
    public const int Scarce = 15;
    public const int Plenty = 100_000;

    private readonly Channel<string> _answered = Channel.CreateUnbounded<string>();
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
    public async Task AnsweredAsync(int count, TimeSpan patience)
    {
        for (var n = 0; n < count; n++)
        {
            await _answered.Reader.ReadAsync().AsTask().WaitAsync(patience);
        }
    }

    /// <summary>Runs until <see cref="End"/>; then every request has an answer.</summary>
    public Task RunAsync() => Task.WhenAll(NumberedAsync(), MixedAsync(1), MixedAsync(2), MixedAsync(3));

    public void End() => _ending = true;

    /// <summary>Nobody waits for answers any more: there may be no program to give them.</summary>
    public void Abandon() => _ending = _abandoned = true;

    private async Task NumberedAsync()
    {
        for (var n = 1; !_ending; n++)
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
        for (var n = 0; !_ending; n++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"o-{caller}-{n}");
            switch (random.Next(10))
            {
                case < 6:
                    await OrderAsync(id, random);
                    mine.Add(id);
                    break;
                case < 8:
                    var product = random.Next(4) == 0 ? "scarce" : "other";
                    var (action, quantity) = random.Next(3) == 0 ? ("remove", random.Next(1, 9)) : ("add", random.Next(1, 5));
                    await SendAsync(id, HttpMethod.Post, "/api/v1/commands/execute", Bodies.Adjust(product, action, quantity, id), random.Next(2) == 0);
                    break;
                default:
                    if (mine.Count > 0)
                    {
                        var order = mine[random.Next(mine.Count)];
                        await SendAsync(
                            id, HttpMethod.Put, $"/api/v1/orders/{order}/cancel", """{"reason":"changed my mind"}""", random.Next(2) == 0);
                    }

                    break;
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
        while (!_abandoned)
        {
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
