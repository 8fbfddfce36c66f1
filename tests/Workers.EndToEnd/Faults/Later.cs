using System.Globalization;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>What is executed later: a schedule that fires each second, and commands for one time, each of which makes a user of its own.</summary>
internal sealed class Later
{
    private const string Schedule = "/api/v1/commands/schedule";
    private const string Scheduled = "/api/v1/commands/scheduled";
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(400);
    private readonly List<string?> _made = [];

    private Later()
    {
    }

    public static async Task<Later> BeginAsync(ApiClient api)
    {
        var made = await api.PostAsync(Schedule, """
            {"schedule_id":"each-second","cron":"* * * * * ?","misfire":"fire_all",
             "command":{"type":"SendNotification","user_id":"ada","channel":"in_app","title":"Hi","message":"Again"}}
            """);
        made.Status.ShouldBe(201, made.ToString());
        return new Later();
    }

    /// <summary>One more command for a time that is soon; it may not be accepted, where the program dies.</summary>
    public async Task AddAsync(ApiClient api)
    {
        var (number, at) = (_made.Count, TimeProvider.System.GetUtcNow() + Soon);
        _made.Add(null);
        try
        {
            var answer = await api.PostAsync(Schedule, $$$"""
                {"command":{"type":"CreateUser","user_id":"{{{User(number)}}}","data":{"name":"Ada Lovelace","email":"ada@example.org"}},"at":"{{{at:O}}}"}
                """);
            _made[number] = answer.Status == 201 ? answer.Text("id") : null;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or ObjectDisposedException)
        {
            // Killed under the request: it may have been accepted or not.
        }
    }

    /// <summary>Each was executed once, and no second was left out.</summary>
    public async Task AddsUpAsync(ApiClient api)
    {
        for (var number = 0; number < _made.Count; number++)
        {
            if (_made[number] is { } id)
            {
                await api.UntilAsync($"{Scheduled}/{id}", one => one.Text("state") == "SUCCEEDED");
            }

            var user = await api.GetAsync($"/api/v1/users/{User(number)}");
            (user.Status == 200 ? user.Number("version") : _made[number] is null ? 1 : 0).ShouldBe(1, $"{User(number)}: {user}");
        }

        (await api.PostAsync($"{Scheduled}/each-second/pause", """{"reason":"looked at"}""")).Text("state").ShouldBe("PAUSED");
        await api.UntilAsync($"{Scheduled}/each-second/runs?limit=1000", list => list.Items.Any() && list.Items.All(run => run["state"]?.ToString() == "SUCCEEDED"));
        var runs = await api.AllAsync($"{Scheduled}/each-second/runs");
        runs.Select(run => run["command_id"]!.ToString()).ShouldBeUnique();
        var times = runs.Select(run => DateTimeOffset.Parse(run["at"]!.ToString(), CultureInfo.InvariantCulture)).Order().ToList();
        times.Zip(times.Skip(1), (one, next) => (next - one).TotalSeconds).ShouldAllBe(gap => gap == 1);

        // While it is there it may be said to be due, and what is looked at next would move.
        (await api.DeleteAsync($"{Scheduled}/each-second")).Status.ShouldBe(200);
    }

    private static string User(int number) => string.Create(CultureInfo.InvariantCulture, $"later-{number}");
}
