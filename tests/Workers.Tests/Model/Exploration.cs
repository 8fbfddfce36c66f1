using System.Globalization;
using System.Text;

namespace Workers.Tests.Model;

/// <summary>Every state that can be reached, breadth first, so that what is found first is reached by the fewest steps.</summary>
internal sealed class Exploration(Protocol protocol)
{
    private readonly HashSet<string> _visited = [];
    private readonly List<(int Parent, int Step)> _ways = [];
    private readonly Queue<(int Index, ProtocolState State)> _next = new();

    /// <summary>More are not looked at: the model has grown beyond what can be explored, or has a counter that is never bounded.</summary>
    private const int Most = 3_000_000;

    /// <summary>How many different states there are, as far as was looked.</summary>
    public int States => _visited.Count;

    /// <summary>What is wrong, and the way to it; null where nothing is.</summary>
    public string? Run(ProtocolState start)
    {
        Visit(start, -1, 0);
        while (_next.TryDequeue(out var one))
        {
            if (_visited.Count > Most)
            {
                throw new InvalidOperationException($"More than {Most} states.");
            }

            var steps = protocol.After(one.State);
            if (Fault(one.State, steps) is { } fault)
            {
                return $"{fault}\n{Trace(start, one.Index)}";
            }

            for (var step = 0; step < steps.Count; step++)
            {
                Visit(steps[step].Next, one.Index, step);
            }
        }

        return null;
    }

    private void Visit(ProtocolState state, int parent, int step)
    {
        if (_visited.Add(state.Key()))
        {
            _next.Enqueue((_ways.Count, state));
            _ways.Add((parent, step));
        }
    }

    private string? Fault(ProtocolState state, IReadOnlyList<Step> steps)
    {
        var delivered = state.Delivered;
        return state.Store.Overruled ? "Who had lost the partition has written."
            : Fault("executed", state.Store.Outcomes) ?? Fault("delivered", delivered)
            ?? (steps.Any(step => step.IsFair) ? null
                : state.Store.Outcomes.Length < protocol.Whole.Length ? $"Nothing goes on, and only '{state.Store.Outcomes}' is executed: a command is lost."
                : delivered.Length < protocol.Whole.Length ? $"Nothing goes on, and only '{delivered}' is delivered: an event is lost."
                : null);
    }

    private static string? Fault(string what, string names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (names.AsSpan(0, i).Contains(names[i]))
            {
                return $"'{names[i]}' is {what} twice: {names}";
            }

            if (char.IsUpper(names[i]) && !names.AsSpan(0, i).Contains(char.ToLowerInvariant(names[i])))
            {
                return $"'{names[i]}' is {what} before what is before it in its key: {names}";
            }
        }

        return null;
    }

    private string Trace(ProtocolState start, int end)
    {
        var way = new Stack<int>();
        for (var at = end; _ways[at].Parent >= 0; at = _ways[at].Parent)
        {
            way.Push(_ways[at].Step);
        }

        var text = new StringBuilder();
        var state = start;
        foreach (var index in way)
        {
            var step = protocol.After(state)[index];
            state = step.Next;
            text.Append(CultureInfo.InvariantCulture, $"  {(step.Worker < 0 ? "-" : $"worker {step.Worker + 1}"),-8}  {step.Name,-24}")
                .AppendLine(CultureInfo.InvariantCulture, $"  position {state.Store.Offset} turn {state.Store.Turn} epoch {state.Store.Epoch}, executed '{state.Store.Outcomes}', delivered '{state.Delivered}'");
        }

        return text.ToString();
    }
}
