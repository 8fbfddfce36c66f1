using Workers.Contracts.Commands;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Api.Doors;

/// <summary>A command that was read and is ready to be appended.</summary>
/// <param name="Name">What it is called; of a command that only a registered handler knows not what <paramref name="Info"/> says.</param>
/// <param name="CallerId">The caller's own id of it.</param>
/// <param name="Key">What its repeats are known by; null where the caller gave no key.</param>
internal sealed record Submission(
    LogRecord Record, CommandInfo Info, string Name, byte[] Data, string Caller, string Door, string? CallerId, CallerKey? Key, string? UserId)
{
    /// <summary>Its key was made by the door.</summary>
    public bool KeyWasMade { get; init; }

    /// <summary>What answers call it.</summary>
    public string CommandId => CallerId ?? Record.Id.ToString();

    /// <summary>As it will be listed once it is read from the log.</summary>
    public CommandRow Row(string? correlationId, string? traceId, IDataMask mask) => new(
        Record.Id, CallerId, Name, Info.Kind, Record.Key, Caller, Door, Record.TimestampMs, UserId, correlationId, null, null, traceId,
        mask.Apply(Data, Info.Type));
}

/// <param name="Hash">Of caller, scope and key.</param>
/// <param name="Fingerprint">Of the command's data.</param>
internal sealed record CallerKey(Guid Hash, byte[] Fingerprint);
