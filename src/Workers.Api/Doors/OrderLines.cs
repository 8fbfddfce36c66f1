using Microsoft.Extensions.Logging;
using Workers.Contracts.Commands;
using Workers.Engine.Options;
using Workers.Engine.Store;

namespace Workers.Api.Doors;

/// <summary>The lines that operators of orders look for (document 003, "Key log events"); written where access lines are.</summary>
internal sealed class OrderLines(ILoggerFactory loggers, ApiOptions options)
{
    private readonly ILogger? _log = options.AccessLog ? loggers.CreateLogger("Command") : null;

    public void Received(Submission submission)
    {
        if (_log is { } log && IsCreation(submission))
        {
            Log.OrderReceived(log, submission.Record.Key);
        }
    }

    public void Ended(Submission submission, Outcome outcome)
    {
        if (_log is { } log && outcome.State == CommandState.Succeeded && IsCreation(submission))
        {
            Log.OrderCreated(log, submission.Record.Key);
        }
    }

    private static bool IsCreation(Submission submission) => submission.Info.Type == typeof(CreateOrder);
}
