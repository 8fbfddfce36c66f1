using System.Diagnostics.CodeAnalysis;
using MassTransit.Transports;
using Workers.Contracts.Headers;

namespace Workers.Engine.Dispatch.Contexts;

/// <summary>
/// A record's headers by their names on the wire, read when asked for; a timeout's token is among them as <c>MT-Scheduling-TokenId</c>.
/// They are not listed: what MassTransit finds in the list it copies to everything that is sent, and that is decided by <see cref="Outgoing"/>.
/// </summary>
internal sealed class RecordHeaders(HeaderBlock block) : IHeaderProvider
{
    public IEnumerable<KeyValuePair<string, object>> GetAll() => [];

    public bool TryGetHeader(string key, [NotNullWhen(true)] out object? value)
    {
        var name = HeaderNames.Find(key);
        value = name != HeaderName.Other ? block.Get(name) : Other(key);
        return value is not null;
    }

    private string? Other(string key)
    {
        foreach (var (name, value) in block.All())
        {
            if (name.Equals(key, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
