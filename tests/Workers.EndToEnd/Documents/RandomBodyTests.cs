using System.Globalization;
using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Documents;

/// <summary>Whatever comes in at the doors of resources: it is taken, or refused as a problem of the caller's.</summary>
public sealed class RandomBodyTests
{
    private static readonly string[] Names =
    [
        "user_id", "name", "email", "age", "username", "attributes", "metadata", "payment_id", "amount", "currency", "gateway", "payment_method", "order_id",
        "items", "total_amount", "shipping_address", "customer_id", "product_id", "price", "stock", "sku", "category", "status", "description", "reason",
        "entity", "where", "and", "or", "not", "field", "op", "value", "order_by", "limit", "offset", "count", "group_by", "sum", "clear", "data", "type", "\\ud800",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "18", "1.005", "1e400", "-1e-400", "99999999999999999999999999999999", "9223372036854775808", "\"\"", "\"users\"",
        "\"payments\"", "\"eq\"", "\"contains\"", "\"USD\"", "\"CANCELLED\"", "\"a@b.co\"", "\"\\ud800\"", "\"\\u0000\"", "\"Zoë 東京 😀\"", "\"'; DROP TABLE users; --\"",
        "\"2026-01-31T12:00:00Z\"", "[]", "{}", "[null]", "[[[[[1]]]]]",
    ];

    private readonly ApiClient _api = SharedProgram.Api;

    [TestCase("POST", "/api/v1/users")]
    [TestCase("POST", "/api/v1/payments")]
    [TestCase("POST", "/api/v1/orders")]
    [TestCase("POST", "/api/v1/products")]
    [TestCase("PUT", "/api/v1/users/random")]
    [TestCase("PUT", "/api/v1/payments/random")]
    [TestCase("PUT", "/api/v1/orders/random")]
    [TestCase("PUT", "/api/v1/products/random")]
    [TestCase("POST", "/api/v1/repositories/query")]
    public async Task A_random_body_is_taken_or_refused_with_a_reason(string method, string path)
    {
        var random = new Random(path.Length * 31 + method.Length);
        for (var i = 0; i < 80; i++)
        {
            var body = Body(random);

            var answer = await _api.SendAsync(new HttpMethod(method), path, body, "application/json", ("Prefer", "respond-async"));

            if (answer.Status is < 200 or > 299)
            {
                var sent = Encoding.UTF8.GetString(body);
                answer.Status.ShouldBeInRange(400, 499, $"{sent} → {answer}");
                answer.MediaType.ShouldBe("application/problem+json", sent);
                answer.Text("error").ShouldNotBeNullOrEmpty(sent);
            }
        }

        (await _api.GetAsync("/health/ready")).Status.ShouldBe(200);
    }

    private static byte[] Body(Random random)
    {
        var text = random.Next(12) switch
        {
            0 => Values[random.Next(Values.Length)],
            1 => new string('[', 100) + new string(']', 100),
            2 => Object(random, 3) + "x",
            3 => Object(random, 3)[..^1],
            _ => Object(random, 3),
        };
        var bytes = Encoding.UTF8.GetBytes(text);
        if (random.Next(15) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(128, 256);
        }

        return bytes;
    }

    private static string Object(Random random, int depth)
    {
        // Names repeat now and then.
        var members = Enumerable.Range(0, random.Next(6)).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $"\"{Names[random.Next(Names.Length)]}\":{Value(random, depth)}"));
        return $"{{{string.Join(',', members)}}}";
    }

    private static string Value(Random random, int depth) => depth == 0 ? Values[random.Next(Values.Length)] : random.Next(4) switch
    {
        0 => Object(random, depth - 1),
        1 => $"[{string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1)))}]",
        _ => Values[random.Next(Values.Length)],
    };
}
