using Workers.Pages.Frames;
using Workers.Pages.Markup;

namespace Workers.Pages.Queues;

/// <summary>Keys that others wait for: with the most set aside, and with the most commands of late, as workers tell.</summary>
internal static class HotKeys
{
    private const int Shown = 10;

    // What happens to a key once or twice is its ordinary life.
    private const int Least = 5;

    public static Html Of(Visit visit, Json parked, List<Json> workers)
    {
        var waiting = parked["items"].Items.Where(one => one["records"].Number > 1).GroupBy(one => one["key"].Text).ToDictionary(key => key.Key, key => key.Sum(one => one["records"].Number));

        // order/order-1: what it is about stands before the key.
        var busy = workers.SelectMany(worker => worker["hot_keys"].Items).GroupBy(hot => hot["key"].Text[(hot["key"].Text.IndexOf('/', StringComparison.Ordinal) + 1)..]).Select(key => (key.Key, Count: key.Sum(hot => hot["events"].Number))).Where(key => key.Count >= Least).ToDictionary(key => key.Key, key => key.Count);
        var keys = waiting.Keys.Union(busy.Keys).OrderByDescending(key => waiting.GetValueOrDefault(key)).ThenByDescending(key => busy.GetValueOrDefault(key)).Take(Shown);
        return Parts.Section("hot-keys", "Hot keys", Parts.Table(
            "Keys with the most commands set aside, then those changed most often of late", ["About", "#Set aside", "#Changes of late"],
            [.. keys.Select(key => Html.Of($"""
                <tr><th scope="row"><a href="{visit.Link("commands", ("key", key))}">{Parts.Code(key)}</a></th><td class="number">{Words.Count(waiting.GetValueOrDefault(key))}</td><td class="number">{Words.Count(busy.GetValueOrDefault(key))}</td></tr>
                """))], Html.Of($"No key has more to do than others.")));
    }
}
