using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;
using Shouldly;

namespace Workers.Tests.Api;

internal sealed class ProblemTests : ApiTest
{
    private const string Execute = "/api/v1/commands/execute";

    [Test]
    public async Task Validation_names_every_member_and_has_the_documents_sentence()
    {
        var answer = await Server.Post("/api/v1/orders", Order.Replace("SKU-001", "", StringComparison.Ordinal).Replace("\"US\"", "\"USA\"", StringComparison.Ordinal));
        answer.Status.ShouldBe(400);
        answer.MediaType.ShouldBe("application/problem+json");
        answer["error"].ShouldBe("Validation error: SKU is required; Country code must be exactly 2 characters");
        answer["detail"].ShouldBe(answer["error"]);
        answer["title"].ShouldBe("Bad Request");
        answer["status"].ShouldBe("400");
        answer["code"].ShouldBe("VALIDATION");
        answer.Json.GetProperty("errors").GetProperty("items[0].sku")[0].GetString().ShouldBe("SKU is required");
        Server.Log.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task Unknown_members_are_refused_by_name()
    {
        var answer = await Server.Post(Execute, """{"user_id":"u1","amount":5,"currency":"USD","method":"upi","colour":"red"}""");
        answer.Status.ShouldBe(400);
        answer["error"].ShouldBe("Validation error: colour is not known");
    }

    [TestCase("", "MALFORMED")]
    [TestCase("{", "MALFORMED")]
    [TestCase("[]", "MALFORMED")]
    [TestCase("{\"foo\":1}", "AMBIGUOUS")]
    [TestCase("{\"type\":\"Explode\"}", "UNKNOWN_TYPE")]
    [TestCase("{\"type\":\"RecordCharge\",\"payment_id\":\"p\"}", "UNKNOWN_TYPE")]
    [TestCase("{\"type\":\"ReplayDeadLetter\",\"record_key\":\"p\"}", "UNKNOWN_TYPE")]
    public async Task What_is_no_command_is_400_with_its_code(string body, string code)
    {
        var answer = await Server.Post(Execute, body);
        answer.Status.ShouldBe(400);
        answer["code"].ShouldBe(code);
    }

    [Test]
    public async Task An_ambiguous_body_is_told_the_candidates() =>
        (await Server.Post(Execute, """{"foo":1}""")).Json.GetProperty("candidates").GetArrayLength().ShouldBeGreaterThan(8);

    [TestCase("GET", "/nowhere", 404, "NOT_FOUND")]
    [TestCase("GET", "/api/v1/commands/execute/more/of/it", 404, "NOT_FOUND")]
    [TestCase("DELETE", "/api/v1/commands", 405, "METHOD_NOT_ALLOWED")]
    [TestCase("PATCH", "/api/v1/orders/o1", 405, "METHOD_NOT_ALLOWED")]
    public async Task Unknown_paths_and_methods_are_problems(string method, string path, int status, string code)
    {
        var answer = await Server.Send(new HttpMethod(method), path, null);
        answer.Status.ShouldBe(status);
        answer.MediaType.ShouldBe("application/problem+json");
        answer["code"].ShouldBe(code);
        answer["trace_id"].ShouldNotBeNullOrEmpty();
    }

    [Test]
    public async Task A_caller_that_takes_no_json_is_406() => (await Server.Get("/api/v1/orders", "Accept: text/html")).Status.ShouldBe(406);

    [TestCase("text/plain", 415)]
    [TestCase("application/x-www-form-urlencoded", 415)]
    [TestCase("application/json; charset=utf-16", 415)]
    [TestCase("application/json; charset=UTF-8", 200)]
    [TestCase("application/vnd.acme+json", 200)]
    public async Task The_body_must_be_said_to_be_json(string type, int status)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Payment));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await Server.Client.PostAsync(Execute, content);
        ((int)response.StatusCode).ShouldBe(status);
    }

    [Test]
    public async Task A_long_body_is_413_whether_its_length_is_said_or_not([Values] bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Execute) { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await Server.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(413);
        response.Headers.ConnectionClose.ShouldBe(true, "what is left of the body is not read");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync()).ShouldContain("TOO_LARGE");
    }

    [TestCase(1 << 20, false)]
    [TestCase(40 << 20, true)]
    public async Task A_refusal_says_that_the_connection_ends_where_the_body_is_too_long_to_be_read(int length, bool closes)
    {
        // Only the head is sent: what matters is what the server says then.
        using var socket = new TcpClient();
        await socket.ConnectAsync(Server.Client.BaseAddress!.Host, Server.Client.BaseAddress.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"));
        using var reader = new StreamReader(stream);
        var head = new List<string>();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            head.Add(line);
        }

        head[0].ShouldStartWith("HTTP/1.1 404");
        head.Contains("Connection: close").ShouldBe(closes);
    }

    [Test]
    public async Task Without_the_log_a_write_is_503_with_the_documents_sentence()
    {
        Server.Log.IsAway = true;
        foreach (var path in (string[])[Execute, "/api/v1/commands/execute-async", "/api/v1/payments"])
        {
            var answer = await Server.Post(path, Payment);
            answer.Status.ShouldBe(503);
            answer.Header("Retry-After").ShouldBe("1");
            answer["error"].ShouldBe("Failed to persist event: connection timeout");
            answer["retryable"].ShouldBe("True");
        }
    }

    [Test]
    public async Task Without_the_store_a_read_is_503_and_worth_another_try()
    {
        Server.State.IsAway = true;
        var answer = await Server.Get("/api/v1/orders/o-1");
        answer.Status.ShouldBe(503);
        answer.Header("Retry-After").ShouldBe("1");
        answer["code"].ShouldBe("STORE_UNAVAILABLE");
    }

    [Test]
    public async Task The_unexpected_is_500_without_a_stack_trace()
    {
        Server.Log.Execute = _ => throw new InvalidOperationException("secret thing");
        var answer = await Server.Post(Execute, Payment);
        answer.Status.ShouldBe(500);
        answer.Body.ShouldNotContain("secret thing");
        answer.Body.ShouldNotContain(" at ");
        answer["trace_id"].ShouldNotBeNullOrEmpty();
    }

    [TestCase("GET", "/api/v1/users/history")]
    [TestCase("PUT", "/api/v1/orders/user/confirm")]
    [TestCase("GET", "/api/v1/commands/undo")]
    [TestCase("GET", "/api/v1/orders/50%25off")]
    [TestCase("GET", "/api/v1/orders/a%2Fb")]
    [TestCase("DELETE", "/api/v1/products/a%3Fb")]
    public async Task Reserved_words_and_bad_characters_are_no_ids(string method, string path) =>
        (await Server.Send(new HttpMethod(method), path, null)).Status.ShouldBe(400);

    [TestCase("Host: evil.example", "GET", "/health", 403)]
    [TestCase("Host: localhost:9", "GET", "/health", 200)]
    [TestCase("Origin: https://evil.example", "POST", "/api/v1/commands/execute", 403)]
    [TestCase("Origin: null", "POST", "/api/v1/commands/execute", 403)]
    public async Task Pages_of_other_sites_stay_outside(string header, string method, string path, int status) =>
        (await Server.Send(new HttpMethod(method), path, method == "POST" ? Payment : null, header)).Status.ShouldBe(status);
}
