using System.Text.Json.Nodes;

namespace Workers.MongoDb;

/// <summary>An index on these fields; a minus before a name: descending.</summary>
internal sealed record MongoIndex(string Fields, bool Unique = false)
{
    public string Name { get; } = Fields.Replace(' ', '_');

    public JsonObject Document()
    {
        var key = new JsonObject();
        foreach (var name in Fields.Split(' '))
        {
            key.Add(name.TrimStart('-'), name[0] == '-' ? -1 : 1);
        }

        var index = new JsonObject { ["key"] = key, ["name"] = Name };
        if (Unique)
        {
            index.Add("unique", true);
        }

        return index;
    }
}
