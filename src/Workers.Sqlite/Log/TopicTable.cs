using Workers.Engine.Store;
using Workers.Sqlite.Native;

namespace Workers.Sqlite.Log;

/// <summary>The log's topics with the numbers that stand for them in the file. Partition counts are as when a topic was made, or grew while the file was closed to others.</summary>
internal sealed class TopicTable
{
    private readonly Topic[] _topics;
    private readonly Dictionary<string, Topic> _byName;
    private readonly Topic?[] _byId;

    private TopicTable(Topic[] topics)
    {
        _topics = topics;
        _byName = topics.ToDictionary(t => t.Name);
        _byId = new Topic?[topics.Select(t => t.Id).DefaultIfEmpty().Max() + 1];
        foreach (var topic in topics)
        {
            _byId[topic.Id] = topic;
        }
    }

    /// <summary>For a file without a log.</summary>
    public static TopicTable None { get; } = new([]);

    public IReadOnlyList<Topic> All => _topics;

    /// <summary>One more than the highest number.</summary>
    public int Size => _byId.Length;

    public Topic this[string name]
    {
        get
        {
            // Names are constants almost always, so the first comparison that succeeds is of references.
            foreach (var topic in _topics)
            {
                if (ReferenceEquals(topic.Name, name))
                {
                    return topic;
                }
            }

            return _byName.TryGetValue(name, out var found)
                ? found
                : throw new ArgumentException($"The log has no topic '{name}'; it has {string.Join(", ", _byName.Keys)}.", nameof(name));
        }
    }

    public Topic? Find(int id) => (uint)id < (uint)_byId.Length ? _byId[id] : null;

    public Topic? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads the stored topics and adds what is new, within the caller's transaction.</summary>
    public static TopicTable Load(Connection connection, IReadOnlyDictionary<string, int> wanted, string file)
    {
        var stored = new List<Topic>();
        var rows = connection["SELECT id, name, partitions FROM topics ORDER BY id"];
        while (rows.Step())
        {
            var name = rows.Text(1);
            stored.Add(new Topic(rows.Int32(0), wanted.Keys.FirstOrDefault(w => w == name) ?? name, rows.Int32(2)));
        }

        foreach (var (name, partitions) in wanted)
        {
            if (stored.Find(t => t.Name == name) is not { } topic)
            {
                topic = new Topic(stored.Count + 1, name, partitions);
                connection["INSERT INTO topics(id, name, partitions) VALUES(?, ?, ?)"].Add(topic.Id).Add(name).Add(partitions).Run();
                stored.Add(topic);
            }

            if (topic.Partitions != partitions)
            {
                throw new StoreOpenException(
                    $"Topic {name} in {file} has {topic.Partitions} partitions, but {partitions} are configured; start with {topic.Partitions}"
                    + (partitions > topic.Partitions ? $" or change the file with 'Workers.Host partitions --to {partitions}'." : ", since there are never fewer."));
            }
        }

        return new TopicTable([.. stored]);
    }

    internal sealed record Topic(int Id, string Name, int Partitions);
}
