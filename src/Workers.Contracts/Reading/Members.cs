using System.Text.Json;

namespace Workers.Contracts.Reading;

/// <summary>One member of a request; <see cref="InData"/> where it stood in the envelope's data.</summary>
internal readonly record struct Member(string Name, JsonElement Value, bool InData);

/// <summary>The members of a request on their way to a command.</summary>
internal sealed class Members
{
    private readonly List<Member> _list = new(12);

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
        foreach (var member in _list)
        {
            if (member.Name == name)
            {
                return member.Value;
            }
        }

        return null;
    }

    /// <summary>The member's text; null where there is none, or it is no text.</summary>
    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public void Remove(string name) => _list.RemoveAll(member => member.Name == name);

    public void Add(Member member) => _list.Add(member);
}
