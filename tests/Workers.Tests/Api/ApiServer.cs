using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Workers.Api;
using Workers.Engine.Control;
using Workers.Engine.Encryption;
using Workers.Engine.Health;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Metrics;
using Workers.Engine.Options;
using Workers.Engine.Projections;
using Workers.Engine.Store;
using Workers.Engine.Waiting;
using Workers.Handlers.Projections;
using Workers.Tests.Metrics;

namespace Workers.Tests.Api;

/// <summary>The door on a free port, over stores in memory.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly Channel<(string Path, Exception? Fault)> _ended = Channel.CreateUnbounded<(string, Exception?)>();

    private ApiServer(WebApplication app)
    {
        _app = app;
        app.Use(WatchAsync);
    }

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Requests that the server is done with, in that order, and what they left to the web server.</summary>
    public ChannelReader<(string Path, Exception? Fault)> Ended => _ended.Reader;

    /// <summary>What was logged so far: category, level and sentence.</summary>
    public ConcurrentQueue<string> Lines { get; private init; } = new();

    public MemoryState State => _app.Services.GetRequiredService<MemoryState>();

    public WorkerLog Log => _app.Services.GetRequiredService<WorkerLog>();

    public ListedModels Models => _app.Services.GetRequiredService<ListedModels>();

    public SocketOptions Sockets => _app.Services.GetRequiredService<SocketOptions>();

    public DataCipher Cipher => _app.Services.GetRequiredService<DataCipher>();

    public SwitchedHealth Health => _app.Services.GetRequiredService<SwitchedHealth>();

    /// <summary>Everything that is served.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>A key that was made with these roles; its text.</summary>
    public string MakeKey(string owner, string[] roles, long? expiresMs = null)
    {
        var (id, text) = ApiKey.Make();
        PutKey(id, new KeyRow(owner, owner, roles, ApiKey.HashOf(text), null, expiresMs, null, null, "a test", 1_000));
        return text;
    }

    /// <summary>Makes, changes or (null) revokes a key, as the worker does.</summary>
    public void PutKey(string id, KeyRow? key)
    {
        var data = key is null ? null : ControlData.Write(id, key, 1_000).Data;
        var version = State.ControlVersion() + 1;
        State.Control.RemoveAll(row => row.Kind == ControlKinds.Key && row.Name == id);
        State.Control.Add(new ControlRow(ControlKinds.Key, id, version, 1_000, data));
        _app.Services.GetRequiredService<ControlFeed>().Ask();
    }

    /// <summary>What concerns every worker, from now on.</summary>
    public void Control(params IEnumerable<ControlWrite> writes)
    {
        State.Control.AddRange(writes.Select(write => new ControlRow(write.Kind, write.Name, State.ControlVersion() + 1, write.AtMs, write.Data)));
        _app.Services.GetRequiredService<ControlFeed>().Ask();
    }

    public static async Task<ApiServer> StartAsync(ApiOptions? options = null)
    {
        var lines = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new LineKeeper(lines));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services
            .AddSingleton<MemoryState>().AddSingleton<IStateStore>(p => p.GetRequiredService<MemoryState>())
            .AddSingleton<IPositionStore>(p => p.GetRequiredService<MemoryState>())
            .AddSingleton<WorkerLog>().AddSingleton<ILog>(p => p.GetRequiredService<WorkerLog>())
            .AddSingleton<ListedModels>().AddSingleton<IReadModelStore>(p => p.GetRequiredService<ListedModels>())
            .AddSingleton<IAuditStore>(p => p.GetRequiredService<ListedModels>())
            .AddSingleton<IMetricsStore, MemoryMetrics>().AddSingleton<IWorkerStore, OneWorker>()
            .AddSingleton<ICqrsStore, EmptyLists>()
            .AddSingleton<SwitchedHealth>().AddSingleton<IHealth>(p => p.GetRequiredService<SwitchedHealth>())
            .AddSingleton<IResourceViews, PlainViews>().AddSingleton<IDataMask>(new SensitiveMask(["cvv"]))
            .AddSingleton(new FingerprintKey(new byte[FingerprintKey.Length]))
            .AddSingleton(new DataCipher([DataKey.Make()], new SensitiveNames(["cvv"])))
            .AddSingleton(options ?? new ApiOptions())
            .AddApi();
        var app = builder.Build();
        var server = new ApiServer(app) { Lines = lines };
        app.MapApi();
        app.Services.GetRequiredService<WorkerLog>().Committed = app.Services.GetRequiredService<OutcomeWaiter>().Committed;
        await app.StartAsync();
        server.Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        return server;
    }

    public Task<Answer> Post(string path, string? body, params string[] headers) => Send(HttpMethod.Post, path, body, headers);

    public Task<Answer> Put(string path, string? body, params string[] headers) => Send(HttpMethod.Put, path, body, headers);

    public Task<Answer> Get(string path, params string[] headers) => Send(HttpMethod.Get, path, null, headers);

    public async Task<Answer> Send(HttpMethod method, string path, string? body, params string[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }

        using var response = await Client.SendAsync(request);
        return new Answer(response, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private async Task WatchAsync(HttpContext http, RequestDelegate next)
    {
        Exception? fault = null;
        try
        {
            await next(http);
        }
        catch (Exception error)
        {
            fault = error;
            throw;
        }
        finally
        {
            _ended.Writer.TryWrite((http.Request.Path, fault));
        }
    }

    private sealed class LineKeeper(ConcurrentQueue<string> lines) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{category} {logLevel} {formatter(state, exception)}");
        }
    }

    /// <summary>States are shown as they are; those with <c>deleted</c> are not.</summary>
    private sealed class PlainViews : IResourceViews
    {
        public bool TryWrite(string noun, StateRow row, Utf8JsonWriter writer)
        {
            if (IsDeleted(noun, row))
            {
                return false;
            }

            writer.WriteRawValue(row.Data.Span);
            return true;
        }

        public StateRow? Fold(string noun, IEnumerable<EventRow> events) =>
            events.LastOrDefault() is { } last ? new StateRow(last.Version, last.Data, 0) : null;

        public bool IsDeleted(string noun, StateRow row) => row.Data.Span.IndexOf("\"deleted\""u8) >= 0;
    }
}

internal sealed class SwitchedHealth : IHealth
{
    public HealthStatus Status { get; set; } = HealthStatus.Healthy;

    public string Name => "pumps";

    public bool IsRequired { get; set; } = true;

    public ValueTask<HealthReport> CheckAsync(CancellationToken cancellation) => new(new HealthReport(Status, "as the test says"));
}
