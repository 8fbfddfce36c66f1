using Workers.Pages.Markup;

namespace Workers.Pages.Queues;

/// <summary>How far each group has read: in messages, and in how old the oldest is that it has not read.</summary>
internal static class PartitionTables
{
    public static Html Of(Json partitions)
    {
        List<Json> all = [.. partitions["items"].Items];
        return Parts.Section("partitions-part", "Partitions", Html.Of($"""
            {Parts.Table("How far each group has read", ["Group", "Topic", "#Partitions", "#Behind", "#Oldest of it", "#Keys set aside", "State"],
                [.. all.GroupBy(one => (Group: one["group"].Text, Topic: one["topic"].Text)).Select(group => Html.Of($"""
                    <tr><th scope="row">{group.Key.Group}</th><td>{group.Key.Topic}</td><td class="number">{group.Count()}</td><td class="number">{Words.Count(group.Sum(one => one["lag"].Number))}</td>
                    <td class="number">{Age([.. group])}</td><td class="number">{Words.Count(group.Sum(one => one["keys_parked"].Number))}</td><td>{Icons.State(group.Any(one => one["halted"].Flag) ? "HALTED" : "ACTIVE")}</td></tr>
                    """))], Html.Of($"No group has read anything yet."))}
            <details id="each-partition"><summary>Each partition</summary>{Parts.Table("How far each group has read each partition", ["Group", "Topic", "#Partition", "#Position", "#End", "#Behind", "#Oldest of it", "Worker", "State"],
                [.. all.Select(one => Html.Of($"""
                    <tr><th scope="row">{one["group"].Text}</th><td>{one["topic"].Text}</td><td class="number">{one["partition"].Number}</td><td class="number">{Words.Count(one["position"].Number)}</td><td class="number">{Words.Count(one["end"].Number)}</td>
                    <td class="number">{Words.Count(one["lag"].Number)}</td><td class="number">{Age(one)}</td><td>{(one["worker"].IsThere ? Parts.Code(one["worker"].Text) : Html.Of($"""<span class="none">none</span>"""))}</td><td>{Icons.State(one["halted"].Flag ? "HALTED" : "ACTIVE")}</td></tr>
                    """))], Html.None)}</details>
            """));
    }

    /// <summary>How old the oldest is that was not read.</summary>
    public static string Age(params IReadOnlyList<Json> places) =>
        places.Where(place => place["lag_seconds"].IsThere).Select(place => place["lag_seconds"].Fraction).DefaultIfEmpty(-1).Max() is >= 0 and var seconds ? (seconds == 0 ? "–" : Words.Length(seconds * 1_000)) : "unknown";
}
