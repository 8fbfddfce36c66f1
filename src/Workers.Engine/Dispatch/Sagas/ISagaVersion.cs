using MassTransit;

namespace Workers.Engine.Dispatch.Sagas;

/// <summary>A saga state that wants to know how often it was changed.</summary>
public interface ISagaVersion : ISaga
{
    /// <summary>1 after the event that made it; counted up by every event that changes it.</summary>
    long Version { get; set; }
}
