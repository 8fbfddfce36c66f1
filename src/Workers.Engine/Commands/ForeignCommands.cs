using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Reading;
using Workers.Engine.Log;

namespace Workers.Engine.Commands;

/// <summary>
/// Commands that another system put straight on the log: no door has checked them, so that it is done here, where they are executed. Tests: BadRecordTests.
/// </summary>
internal static class ForeignCommands
{
    /// <summary>Why it is not executed; null where all is well, or where a door of ours (whose name is in the headers) has checked it.</summary>
    public static Reply? Refuse(LogRecord record, CommandInfo info, object command, RuleSettings? rules)
    {
        if (record.Headers.Has(HeaderName.Door))
        {
            return null;
        }

        if (info.IsInternal)
        {
            return Reply.Refused(ReadFailure.UnknownType, $"{info.Name} is sent by the platform alone");
        }

        // The partition follows from the key: a command for another aggregate than its key's would run beside those of that one.
        var key = info.GetKey(command);
        if (key.Length == 0)
        {
            info.SetKey(command, record.Key);
        }
        else if (key != record.Key)
        {
            return Reply.Refused(ReadFailure.Validation, $"{info.KeyField.Name} must be the key of the record");
        }

        var errors = info.Validate(command, Forms.Loose, rules);
        return errors.Count == 0 ? null : Reply.Refused(ReadFailure.Validation, string.Join("; ", errors.Select(error => error.Message).Distinct()));
    }
}
