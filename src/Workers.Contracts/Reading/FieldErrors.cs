using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>
/// What is wrong with one request, as it is found. The first <see cref="Most"/> are kept: more help nobody, and a request that is wrong throughout would cost more to refuse
/// than others to execute.
/// </summary>
internal sealed class FieldErrors
{
    public const int Most = 100;

    private readonly List<FieldError> _list = [];
    private readonly HashSet<string> _fields = new(StringComparer.Ordinal);

    public bool Any => _list.Count > 0;

    public void Add(FieldError error)
    {
        if (_list.Count < Most)
        {
            _list.Add(error);
            _fields.Add(error.Field);
        }
    }

    /// <summary>A member that has been found wrong once is not said to be missing as well.</summary>
    public void AddUnlessKnown(FieldError error)
    {
        if (error.Field.Length == 0 || !_fields.Contains(error.Field))
        {
            Add(error);
        }
    }

    public ReadFailure ToFailure() => ReadFailure.Of(_list);
}
