using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Store;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>One command of a batch on its way: what was read, what it waits for, how it ended.</summary>
internal sealed class BatchItem(Submission? submission, Problem? problem)
{
    public Submission? Submission { get; } = submission;

    /// <summary>Why it is not done; null while nothing speaks against it.</summary>
    public Problem? Problem { get; set; } = problem;

    /// <summary>Set where the caller's key is taken: nothing is appended.</summary>
    public KnownKey? Known { get; set; }

    public OutcomeWait? Wait { get; set; }

    public Outcome? Outcome { get; set; }

    public bool IsNew => Submission is not null && Problem is null && Known is null;

    public void Write(Utf8JsonWriter writer, int index)
    {
        var problem = Problem ?? (Outcome is { State: not (CommandState.Succeeded or CommandState.Undone) } failed
            ? OutcomeProblem.Of(failed, Submission!.CommandId)
            : null);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteNumber("status"u8, problem?.Status ?? Outcome?.Status ?? StatusCodes.Status202Accepted);
        writer.WriteText("command_id", Submission?.CommandId ?? problem?.CommandId);
        if (Problem is null)
        {
            writer.WriteString("state"u8, (Outcome?.State ?? Known?.First.State ?? CommandState.Queued).Name());
        }

        if (problem is not null)
        {
            writer.WriteString("error"u8, problem.Error);
            writer.WriteString("code"u8, problem.Code);
        }
        else if (Outcome is { } outcome)
        {
            writer.WriteRaw("result", outcome.Body);
        }

        writer.WriteEndObject();
    }
}
