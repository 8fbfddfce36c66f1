using System.Text;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Tests.Api;

internal static class Outcomes
{
    public static Outcome Succeeded(LogRecord record, string body, int status = 200) => Of(record, CommandState.Succeeded, status, body);

    public static Outcome Failed(LogRecord record, string code, string message, int status = 400) =>
        Of(record, CommandState.Failed, status, $$"""{"code":"{{code}}","message":"{{message}}"}""");

    public static Outcome Running(LogRecord record) => Of(record, CommandState.Running, 202, "");

    public static Outcome Alias(LogRecord record, Guid first) => Of(record, CommandState.Running, 0, "") with { AliasOf = first };

    public static Outcome Of(LogRecord record, CommandState state, int status, string body) => new(
        record.Id, state, null, 1, status, record.TimestampMs + 1, state == CommandState.Running ? 0 : record.TimestampMs + 2, record.Where, record.Offset,
        Encoding.UTF8.GetBytes(body));
}
