using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Workers.EndToEnd.Running;

/// <summary>A client of the served program.</summary>
internal sealed class ApiClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = Deadline };

    public Uri Address => address;

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, body, headers);

    public Task<Answer> PutAsync(string path, string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, body, headers);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Answer> ExecuteAsync(string body, params (string Name, string Value)[] headers) => PostAsync("/api/v1/commands/execute", body, headers);

    public Task<Answer> ExecuteAsyncAsync(string body, params (string Name, string Value)[] headers) =>
        PostAsync("/api/v1/commands/execute-async", body, headers);

    /// <param name="body">JSON; null for none.</param>
    public Task<Answer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), "application/json", headers);

    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? body, string mediaType, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text,
            response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Asks until the answer is as wanted.</summary>
    /// <exception cref="TimeoutException">It never was; with the last answer.</exception>
    public async Task<Answer> UntilAsync(string path, Func<Answer, bool> wanted, params (string Name, string Value)[] headers)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(Look);
        var answer = await GetAsync(path, headers);
        while (!wanted(answer))
        {
            try
            {
                await timer.WaitForNextTickAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{path} did not come to what was waited for in {Deadline}; it is {answer}");
            }

            answer = await GetAsync(path, headers);
        }

        return answer;
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<List<JsonObject>> AllAsync(string path)
    {
        var items = new List<JsonObject>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync($"{path}{separator}limit=1000{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            items.AddRange(page.Items);
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null);

        return items;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>An answer with its JSON.</summary>
internal sealed record Answer(int Status, string? MediaType, string Content, IReadOnlyDictionary<string, string> Headers)
{
    private readonly Lazy<JsonNode?> _json = new(() => Content.StartsWith('{') ? JsonNode.Parse(Content) : null);

    /// <exception cref="InvalidOperationException">It has none.</exception>
    public JsonObject Json => _json.Value?.AsObject() ?? throw new InvalidOperationException($"No JSON: {this}");

    public IEnumerable<JsonObject> Items => Json["items"]?.AsArray().Select(item => item!.AsObject()) ?? throw new InvalidOperationException($"No list: {this}");

    /// <summary>A member as text; null where it is absent.</summary>
    public string? Text(string name) => _json.Value?[name]?.ToString();

    public decimal Number(string name) => Json[name]?.GetValue<decimal>() ?? throw new InvalidOperationException($"No {name}: {this}");

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public override string ToString() => $"{Status} {MediaType} {Content}";
}
