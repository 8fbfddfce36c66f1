using System.Text.Json;

namespace Workers.Contracts.Reading;

/// <summary>One member of a request; <see cref="InData"/> where it stood in the envelope's data.</summary>
internal readonly record struct Member(string Name, JsonElement Value, bool InData);

/// <summary>The members of a request on their way to a command.</summary>
internal sealed class Members
{
    // Few are found sooner by looking at each.
    private const int Few = 32;

    private readonly List<Member> _list = new(12);
    private Dictionary<string, JsonElement>? _many;

    public Members(JsonElement root)
    {
        foreach (var member in root.EnumerateObject())
        {
            _list.Add(new(member.Name, member.Value, InData: false));
        }
    }

    public IReadOnlyList<Member> All => _list;

    public bool Has(string name) => Find(name) is { ValueKind: not JsonValueKind.Null };

    public JsonElement? Find(string name)
    {
        if (_list.Count > Few)
        {
            _many ??= ByName();
            return _many.TryGetValue(name, out var value) ? value : null;
        }

        foreach (var member in _list)
        {
            if (member.Name == name)
            {
                return member.Value;
            }
        }

        return null;
    }

    private Dictionary<string, JsonElement> ByName()
    {
        var byName = new Dictionary<string, JsonElement>(_list.Count, StringComparer.Ordinal);
        foreach (var member in _list)
        {
            byName.TryAdd(member.Name, member.Value);
        }

        return byName;
    }

    /// <summary>The member's text; null where there is none, or it is no text.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public void Remove(string name)
    {
        _many?.Remove(name);
        _list.RemoveAll(member => member.Name == name);
    }

    /// <param name="member">One that is not there.</param>
    public void Add(Member member)
    {
        _many?.TryAdd(member.Name, member.Value);
        _list.Add(member);
    }
}
