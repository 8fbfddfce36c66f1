using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Pages;

/// <summary>Pages that are kept new while they are looked at.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class LiveTests
{
    [Test]
    public async Task More_of_them_than_there_may_be_clients_are_refused()
    {
        using var data = new DataDirectory();
        using var program = await RunningProgram.StartAsync(data.FullName, new Dictionary<string, string> { ["Workers__WebSocket__MaxClients"] = "1" });
        using var http = new HttpClient { BaseAddress = program.Api.Address };
        using var first = await http.GetAsync(new Uri("/console/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        using var second = await http.GetAsync(new Uri("/console/live", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

        ((int)first.StatusCode, (int)second.StatusCode, second.Headers.RetryAfter?.ToString()).ShouldBe((200, 503, "5"));
    }
}
