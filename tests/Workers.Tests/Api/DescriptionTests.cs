using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using NUnit.Framework;
using Shouldly;

namespace Workers.Tests.Api;

/// <summary>Every endpoint says what it is, and the description has those and no others.</summary>
internal sealed class DescriptionTests : ApiTest
{
    [Test]
    public async Task Every_endpoint_is_described_and_nothing_else_is()
    {
        var described = (await DocumentAsync())["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));

        described.ShouldBe(Served().Select(one => one.Name), ignoreOrder: true);
    }

    [Test]
    public void Every_endpoint_says_what_it_answers() =>
        Served().Where(one => !one.Endpoint.Metadata.Any(said => said.GetType().Name == "Describes")).Select(one => one.Name).ShouldBeEmpty();

    [Test]
    public async Task What_is_said_of_an_endpoint_is_whole()
    {
        foreach (var (path, methods) in (await DocumentAsync())["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                operation!["summary"]!.ToString().ShouldNotBeNullOrWhiteSpace($"{method} {path}");
                operation["responses"]!.AsObject().ShouldContain(answer => answer.Key[0] == '2' || answer.Key == "101", $"{method} {path}");
            }
        }
    }

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await Server.Client.GetStringAsync("/openapi/v1.json"))!;

    // HEAD is GET without its body.
    private IEnumerable<(string Name, RouteEndpoint Endpoint)> Served() => Server.Endpoints.OfType<RouteEndpoint>().SelectMany(endpoint =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Where(method => method != "HEAD")
            .Select(method => (Name: $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}", Endpoint: endpoint)));
}
