using System.Text.Json;
using Workers.Engine.Store;

namespace Workers.Engine.Projections;

/// <summary>How a resource looks to callers, made from its state row: what was just written is read at once.</summary>
public interface IResourceViews
{
    /// <summary>Writes the resource as one JSON object; false, and nothing written, where it is deleted or the noun is none.</summary>
    /// <param name="noun">The state's kind: <c>user</c>, <c>order</c>, <c>payment</c>, <c>product</c>.</param>
    /// <param name="row">As it is stored.</param>
    /// <param name="writer">Gets the object.</param>
    bool TryWrite(string noun, StateRow row, Utf8JsonWriter writer);

    /// <summary>The state that a stream's first events made; null where that is none.</summary>
    /// <param name="noun">The state's kind.</param>
    /// <param name="events">From version 1, without a gap.</param>
    StateRow? Fold(string noun, IEnumerable<EventRow> events);

    /// <summary>Whether the state is that of a deleted resource, which keeps its history.</summary>
    bool IsDeleted(string noun, StateRow row);
}
