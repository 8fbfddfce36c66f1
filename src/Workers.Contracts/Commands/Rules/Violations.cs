namespace Workers.Contracts.Commands;

/// <summary>Gathers what is wrong with one command.</summary>
public sealed class Violations(Forms form, RuleSettings settings)
{
    // A list of thousands of wrong parts is not told part by part.
    private const int Most = 100;

    private List<FieldError>? _found;

    /// <summary>The form in which the command was written.</summary>
    public Forms Form { get; } = form;

    internal RuleSettings Settings { get; } = settings;

    public bool Any => _found is not null;

    public IReadOnlyList<FieldError> Found => _found ?? (IReadOnlyList<FieldError>)[];

    /// <summary>No more are taken: who checks many parts may stop.</summary>
    internal bool IsFull => _found is { Count: >= Most };

    public void Add(string field, string message)
    {
        if (!IsFull)
        {
            (_found ??= []).Add(new FieldError(field, message));
        }
    }

    /// <summary>A change must change something.</summary>
    internal void Something(bool given, IReadOnlyList<string>? cleared)
    {
        if (!given && cleared is not { Count: > 0 })
        {
            Add("", "at least one member to change is required");
        }
    }

    /// <summary>These members are always there and cannot be removed.</summary>
    internal void Kept(IReadOnlyList<string>? cleared, params ReadOnlySpan<string> names) => Refuse(cleared, names, refused: true);

    /// <summary>Only these members can be removed.</summary>
    internal void Clearable(IReadOnlyList<string>? cleared, params ReadOnlySpan<string> names) => Refuse(cleared, names, refused: false);

    private void Refuse(IReadOnlyList<string>? cleared, ReadOnlySpan<string> names, bool refused)
    {
        foreach (var name in cleared ?? [])
        {
            if (names.Contains(name) == refused)
            {
                Add(name, $"{name} cannot be null");
            }
        }
    }
}
