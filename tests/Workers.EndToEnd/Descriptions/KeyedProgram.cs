using System.Text.Json.Nodes;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Descriptions;

/// <summary>A program of its own that nobody asks without a key; how often is not limited.</summary>
internal sealed class KeyedProgram : IDisposable
{
    private readonly DataDirectory _data = new();
    private RunningProgram _program = null!;

    /// <summary>The admin's header.</summary>
    public (string Name, string Value) Admin { get; private set; }

    public ServedDocument Document { get; private set; } = null!;

    public ApiClient Api => _program.Api;

    public static async Task<KeyedProgram> StartAsync()
    {
        var keyed = new KeyedProgram();
        var made = await RunningProgram.AloneAsync(keyed._data.FullName, "keys", "create", "--name", "root", "--roles", "admin", "--json");
        made.ExitCode.ShouldBe(0, made.Error);
        keyed.Admin = Header(JsonNode.Parse(made.Output)!["key"]!.ToString());
        keyed._program = await RunningProgram.StartAsync(keyed._data.FullName, new Dictionary<string, string>
        {
            ["Workers__Api__RateLimit__KeyRate"] = "0",
            ["Workers__Api__RateLimit__AddressRate"] = "0",
        });
        await keyed.Api.UntilAsync("/health/ready", answer => answer.Status == 200);
        keyed.Document = new ServedDocument((await keyed.Api.GetAsync("/openapi/v1.json", keyed.Admin)).Json);
        return keyed;
    }

    /// <summary>The header of a new key.</summary>
    public async Task<(string Name, string Value)> MakeAsync(string role) =>
        Header((await Api.PostAsync("/api/v1/keys", $$"""{"name":"{{role}}","roles":["{{role}}"]}""", Admin)).Text("key")!);

    public void Dispose()
    {
        _program.Dispose();
        _data.Dispose();
    }

    private static (string Name, string Value) Header(string key) => ("Authorization", $"Bearer {key}");
}
