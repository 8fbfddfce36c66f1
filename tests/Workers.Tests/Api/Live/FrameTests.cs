using System.Reflection;
using System.Text.Json.Nodes;
using NUnit.Framework;
using Shouldly;
using Workers.Api.Descriptions;
using Workers.Api.Sockets;
using Workers.Contracts.Commands;
using Workers.Handlers.Feeds;

namespace Workers.Tests.Api.Live;

/// <summary>What <c>/ws</c> itself tells its clients is described by <c>/asyncapi.yaml</c>.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class FrameTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, Func<Frame>> s_frames = new()
    {
        [nameof(Frame.Passed)] = () => Frame.Passed("0", s_now),
        [nameof(Frame.Gap)] = () => Frame.Gap("0", "1", s_now),
        [nameof(Frame.Subscribed)] = () => Frame.Subscribed(["*"], "0", s_now),
        [nameof(Frame.Error)] = () => Frame.Error("nonsense"),
    };

    [Test]
    public void Every_frame_is_here() => typeof(Frame).GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.ReturnType == typeof(Frame) && method.Name != nameof(Frame.Of)).Select(method => method.Name).ShouldBe(s_frames.Keys, ignoreOrder: true);

    [TestCaseSource(nameof(Names))]
    public void A_frame_has_the_members_that_are_described(string name)
    {
        var schemas = new AsyncApiDocument(RuleSettings.Default, new XmlDocs(), new FeedMessages(FeedCatalog.All)).Make("workers", "1")["components"]!["schemas"]!;
        var frame = JsonNode.Parse(s_frames[name]().Text.Span)!.AsObject();
        var schema = schemas[$"{name}Frame"].ShouldNotBeNull();

        schema["properties"]!["event"]!["enum"]!.AsArray().Select(one => one!.ToString()).ShouldBe([frame["event"]!.ToString()]);
        frame.Select(member => member.Key).ShouldBe(schema["required"]!.AsArray().Select(one => one!.ToString()), ignoreOrder: true);
    }

    private static IEnumerable<string> Names() => s_frames.Keys;
}
