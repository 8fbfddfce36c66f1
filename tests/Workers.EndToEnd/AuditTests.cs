using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;

namespace Workers.EndToEnd;

/// <summary>Who did what, as a file; who works, and what waits.</summary>
[Parallelizable(ParallelScope.All)]
internal sealed class AuditTests
{
    private const string Commands = "/api/v1/commands";

    [Test]
    public async Task The_trail_is_exported_as_rows_that_a_spreadsheet_does_not_execute_and_that_is_told_too()
    {
        var (key, reason) = ($"a-{Guid.NewGuid():N}", $"""=HYPERLINK("{Guid.NewGuid():N}")""");
        (await SharedProgram.Api.PostAsync($"{Commands}/queues/notification/pause", $$"""{"key":"{{key}}","reason":{{JsonValue.Create(reason).ToJsonString()}}}""")).Status.ShouldBe(200);
        await SharedProgram.Api.UntilAsync($"{Commands}/audit?key=notification&limit=1000", answer => answer.Items.Any(entry => entry["reason"]?.ToString() == reason));

        var csv = await SharedProgram.Api.GetAsync($"{Commands}/audit?key=notification", ("Accept", "text/csv"), ("X-Reason", reason));
        var lines = (await SharedProgram.Api.GetAsync($"{Commands}/audit?key=notification&format=ndjson")).Content.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        (csv.Status, csv.MediaType).ShouldBe((200, "text/csv"));
        csv.Content.ShouldStartWith("id,at,entity_type,");
        csv.Content.ShouldContain($",\"'{reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\",");
        csv.Content.ShouldNotContain($",\"=HYPERLINK");
        var entries = lines.Select(line => JsonNode.Parse(line)!).ToList();
        entries.Select(entry => entry["at"]!.ToString()).ShouldBeInOrder();
        entries.ShouldContain(entry => entry["reason"] != null && entry["reason"]!.ToString() == reason);
        await SharedProgram.Api.UntilAsync($"{Commands}/audit?entity_type=audit_trail", answer => answer.Items.Any(
            entry => entry["action"]!.ToString() == "exported" && entry["reason"]?.ToString() == reason && entry["changes"]!["format"]!.ToString() == "csv"));
        (await SharedProgram.Api.GetAsync($"{Commands}/audit?format=xml")).Status.ShouldBe(400);
        (await SharedProgram.Api.GetAsync($"{Commands}/audit?nonsense=1&format=csv")).Status.ShouldBe(400);
    }

    [Test]
    public async Task Workers_say_what_they_serve_and_keys_that_wait_are_shown_with_why()
    {
        var key = $"p-{Guid.NewGuid():N}";
        (await SharedProgram.Api.PostAsync($"{Commands}/queues/user/pause", $$"""{"key":"{{key}}","reason":"looking"}""")).Status.ShouldBe(200);
        (await SharedProgram.Api.PostAsync(
            $"{Commands}/queue", $$"""{"type":"CreateUser","user_id":"{{key}}","data":{"name":"Ada","email":"{{key}}@example.com"} }""")).Status.ShouldBe(202);

        var parked = await SharedProgram.Api.UntilAsync($"{Commands}/parked-keys?limit=1000", answer => answer.Items.Any(row => row["key"]!.ToString() == key));
        var worker = (await SharedProgram.Api.UntilAsync($"{Commands}/workers", answer => answer.Items.Any(
            one => one["state"]!.ToString() == "working" && one["groups"]!["audit"] is not null))).Items.First();

        parked.Items.Single(row => row["key"]!.ToString() == key).ShouldSatisfyAllConditions(
            row => row["records"]!.GetValue<int>().ShouldBe(1), row => row["type"]!.ToString().ShouldBe("CreateUser"), row => row["group"]!.ToString().ShouldBe("commands"));
        worker["roles"]!.AsArray().Count.ShouldBeGreaterThan(5);
        worker["pid"]!.GetValue<int>().ShouldBeGreaterThan(0);
        worker["groups"]!["audit"]!["lag_seconds"].ShouldNotBeNull();
        var places = (await SharedProgram.Api.GetAsync($"{Commands}/partitions")).Items.ToList();
        places.Select(place => place["group"]!.ToString()).Distinct().ShouldBe(
            ["audit", "commands", "control", "effects", "feeds", "metrics", "projections", "sagas"], ignoreOrder: true);
        places.ShouldAllBe(place => place["worker"] != null && place["worker"]!.ToString() == worker["id"]!.ToString());
        (await SharedProgram.Api.PostAsync($"{Commands}/queues/user/resume", $$"""{"key":"{{key}}"}""")).Status.ShouldBe(200);
        await SharedProgram.Api.UntilAsync($"{Commands}/parked-keys?limit=1000", answer => answer.Items.All(row => row["key"]!.ToString() != key));
    }
}
