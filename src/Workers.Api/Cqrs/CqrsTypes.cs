using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;
using Workers.Engine.Control;
using Workers.Engine.Options;

namespace Workers.Api.Cqrs;

/// <summary>What may be sent, asked, posted and saved: the configured types, and those for which somebody has registered a handler.</summary>
internal sealed class CqrsTypes(CqrsOptions options, ControlFeed control)
{
    public IReadOnlyCollection<string> Commands => With(options.SupportedCommandTypes, control.Current.Handlers);

    public IReadOnlyCollection<string> Queries => With(options.SupportedQueryTypes, control.Current.QueryHandlers);

    public IReadOnlyCollection<string> Events => With(options.SupportedEventTypes, control.Current.EventHandlers);

    /// <summary>A body's <c>type</c>.</summary>
    /// <param name="body">The request's.</param>
    /// <param name="what">What it is a type of: <c>query</c>, <c>event</c>, <c>read model</c>.</param>
    /// <param name="supported">Those that are taken.</param>
    /// <exception cref="ProblemException">It is none of them.</exception>
    public static string Read(JsonBody body, string what, IReadOnlyCollection<string> supported)
    {
        if (body.Text("type") is not { } type)
        {
            throw ListQuery.Bad("type", "type is required");
        }

        return supported.Contains(type) ? type : throw new ProblemException(Unknown(type, what, supported));
    }

    private static Problem Unknown(string type, string what, IReadOnlyCollection<string> supported)
    {
        var sentence = $"Unknown {what} type {type}; supported are {string.Join(", ", supported)}";
        return new Problem(StatusCodes.Status400BadRequest, ReadFailure.UnknownType, "Validation error: " + sentence)
        {
            Errors = [new FieldError("type", sentence)],
            Candidates = [.. supported],
        };
    }

    private static IReadOnlyCollection<string> With(IReadOnlyList<string> configured, HandlerMap handlers) => handlers.IsEmpty ? configured
        :
        [
            .. configured, .. handlers.All.SelectMany(handler => handler.Row.Types).Where(type => handlers.Outside(type) is not null)
                .Except(configured, StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
}
