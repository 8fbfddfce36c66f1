using System.Globalization;
using Workers.Pages.Markup;

namespace Workers.Pages.Flows;

/// <summary>
/// A flow's states as the state machine has them: each as far to the right as it has steps from the beginning; what the flow has been in and the way it took are marked.
/// The same stands below it in words.
/// </summary>
internal static class FlowGraph
{
    private const int Wide = 124;
    private const int High = 36;
    private const int Across = 46;
    private const int Down = 40;
    private const string Begin = "Initial";

    public static Html Of(Json flow)
    {
        List<(string From, string To, string Event)> moves = [.. flow["transitions"].Items.Select(one => (one["from"].Text, one["to"].Text, one["event"].Text)).Where(one => one.Item1 != one.Item2)];
        if (moves.Count == 0)
        {
            return Html.Of($"<p>Its states are not known here.</p>");
        }

        var places = Places(moves);
        List<string> way = [Begin, .. flow["timeline"].Items.Select(step => step["state"].Text)];
        var taken = way.Zip(way.Skip(1)).ToHashSet();
        var edges = moves.GroupBy(move => (move.From, move.To)).Where(edge => places.ContainsKey(edge.Key.From) && places.ContainsKey(edge.Key.To)).ToList();
        var (width, height) = (places.Values.Max(place => place.X) + Wide + 20, places.Values.Max(place => place.Y) + High + 60);
        return Html.Of($"""
            <div class="drawn" tabindex="0" role="region" aria-label="The flow as a graph"><svg class="graph" viewBox="0 0 {width} {height}" role="img" aria-label="States of the flow; it is in {Words.Of(flow["state"].Text)}, after {string.Join(", ", way.Skip(1).SkipLast(1).Select(Words.Of))}">
            <defs>{Html.Each((string[])["open", "taken"], name => Html.Of($"""<marker id="tip-{name}" class="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker>"""))}</defs>
            {Html.Each(edges.OrderBy(edge => taken.Contains(edge.Key)), edge => Edge(places[edge.Key.From], places[edge.Key.To], taken.Contains(edge.Key), [.. edge.Select(move => move.Event)]))}
            {Html.Each(places, place => Node(place.Key, place.Value, way.Contains(place.Key), place.Key == flow["state"].Text))}
            </svg></div>
            <details id="moves"><summary>The same in words</summary>{Parts.Table("How it goes from state to state", ["From", "On", "To", "Taken"],
                [.. edges.Select(edge => Html.Of($"<tr><td>{Words.Of(edge.Key.From)}</td><td>{string.Join(", ", edge.Select(move => move.Event).Distinct())}</td><td>{Words.Of(edge.Key.To)}</td><td>{(taken.Contains(edge.Key) ? "yes" : "")}</td></tr>"))], Html.None)}</details>
            """);
    }

    /// <summary>As far to the right as the longest way there has steps, ways that lead back aside.</summary>
    private static Dictionary<string, (int X, int Y)> Places(List<(string From, string To, string Event)> moves)
    {
        var next = moves.ToLookup(move => move.From, move => move.To, StringComparer.Ordinal);
        var (order, under, done) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var back = new HashSet<(string, string)>();
        Walk(Begin);
        order.Reverse();
        var ranks = order.ToDictionary(state => state, _ => 0, StringComparer.Ordinal);
        foreach (var (from, to) in order.SelectMany(from => next[from].Distinct().Where(to => !back.Contains((from, to))).Select(to => (from, to))))
        {
            ranks[to] = Math.Max(ranks[to], ranks[from] + 1);
        }

        return ranks.GroupBy(one => one.Value).SelectMany(column => column.Select((one, at) => (one.Key, X: 20 + (column.Key * (Wide + Across)), Y: 40 + (at * (High + Down)))))
            .ToDictionary(one => one.Key, one => (one.X, one.Y), StringComparer.Ordinal);

        void Walk(string state)
        {
            under.Add(state);
            foreach (var to in next[state].Distinct())
            {
                if (under.Contains(to))
                {
                    back.Add((state, to));
                }
                else if (!done.Contains(to))
                {
                    Walk(to);
                }
            }

            under.Remove(state);
            done.Add(state);
            order.Add(state);
        }
    }

    private static Html Node(string name, (int X, int Y) place, bool been, bool now) => Html.Of($"""
        <g class="{(now ? "now " + Icons.ToneOf(name) : been ? "been" : "not")}"><rect x="{place.X}" y="{place.Y}" width="{Wide}" height="{High}" rx="8"/><text x="{place.X + (Wide / 2)}" y="{place.Y + 22}" text-anchor="middle">{(now ? "● " : been ? "✓ " : "")}{(name == Begin ? "Begin" : Words.Of(name))}</text></g>
        """);

    private static Html Edge((int X, int Y) from, (int X, int Y) to, bool taken, IReadOnlyList<string> events)
    {
        var steps = (to.X - from.X) / (Wide + Across);
        var path = steps == 1 || (steps > 1 && from.Y != to.Y) ? Curve((from.X + Wide, from.Y + (High / 2)), (to.X - 2, to.Y + (High / 2)), (Across / 2 * steps, 0))
            : steps == 0 ? Curve((from.X + (Wide / 2), from.Y < to.Y ? from.Y + High : from.Y), (to.X + (Wide / 2), from.Y < to.Y ? to.Y - 2 : to.Y + High + 2), (0, 0))
            : steps > 1 ? Curve((from.X + (Wide / 2), from.Y), (to.X + (Wide / 2), to.Y - 2), (0, -30))
            : Curve((from.X + (Wide / 2), from.Y + High), (to.X + (Wide / 2), to.Y + High + 2), (0, 40));
        return Html.Of($"""<path class="{(taken ? "taken" : "open")}" d="{path}" marker-end="url(#tip-{(taken ? "taken" : "open")})"><title>{string.Join(", ", events.Distinct())}</title></path>""");
    }

    private static string Curve((int X, int Y) from, (int X, int Y) to, (int X, int Y) bend) =>
        string.Create(CultureInfo.InvariantCulture, $"M{from.X} {from.Y}C{from.X + bend.X} {from.Y + bend.Y} {to.X - bend.X} {to.Y + bend.Y} {to.X} {to.Y}");
}
