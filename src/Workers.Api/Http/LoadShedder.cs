using Microsoft.AspNetCore.Http;
using Workers.Engine.Identity;
using Workers.Engine.Limits;
using Workers.Engine.Options;
using Workers.Engine.Telemetry;

namespace Workers.Api.Http;

/// <summary>
/// Refuses at once, before the body is read or the caller known, what would only wait: writes and reads beyond so many in work, and commands while too much waits in the log.
/// Writes do not take the place of reads. Probes, live streams and what operators and administrators alone may do always come through. Tests: LoadShedderTests.
/// </summary>
/// <param name="backlog">Null: what waits in the log is not known.</param>
internal sealed class LoadShedder(ApiOptions options, EngineMeter meter, Backlog? backlog)
{
    private const int Soon = 1;
    private const int Unknown = 10;
    private const int Latest = 60;

    private int _reads;
    private int _writes;

    /// <summary>How many there are in work.</summary>
    public (int Reads, int Writes) InFlight => (Volatile.Read(ref _reads), Volatile.Read(ref _writes));

    /// <summary>Takes a place for the request, to be left when it is answered; or says why there is none.</summary>
    public Place Enter(HttpContext http)
    {
        switch (WorkOf(http))
        {
            case Work.None:
                return default;
            case Work.Command when TooMuchWaits() is { } refused:
                return new Place(refused, Work.None);
            case Work.Read:
                return Enter(ref _reads, Work.Read);
            default:
                return Enter(ref _writes, Work.Write);
        }
    }

    public void Leave(Place place)
    {
        if (place.Work == Work.Read)
        {
            Interlocked.Decrement(ref _reads);
        }
        else if (place.Work == Work.Write)
        {
            Interlocked.Decrement(ref _writes);
        }
    }

    private Place Enter(ref int count, Work work)
    {
        if (Interlocked.Increment(ref count) <= options.MaxInFlight)
        {
            return new Place(null, work);
        }

        Interlocked.Decrement(ref count);
        return new Place(Refuse("in_flight", $"Too many requests are in work: {options.MaxInFlight} {(work == Work.Read ? "reads" : "writes")} at once", Soon), Work.None);
    }

    private Problem? TooMuchWaits()
    {
        if (backlog?.Size is not { } size)
        {
            return null;
        }

        if (size.Records > options.MaxBacklog)
        {
            return Refuse(
                "backlog", $"Too many commands wait to be executed: {size.Records} records, more than {options.MaxBacklog}",
                size.PerSecond > 0 ? (size.Records - options.MaxBacklog) / size.PerSecond : Unknown);
        }

        var time = size.Drain > size.Oldest ? size.Drain : size.Oldest;
        return time <= options.MaxBacklogTime ? null : Refuse(
            "backlog_time", $"Commands wait too long to be executed: {Math.Ceiling(time.TotalSeconds)} s, more than {options.MaxBacklogTime.TotalSeconds} s",
            size.PerSecond > 0 ? (time - options.MaxBacklogTime).TotalSeconds : Unknown);
    }

    private Problem Refuse(string reason, string sentence, double seconds)
    {
        meter.Shed(reason);
        return new Problem(StatusCodes.Status503ServiceUnavailable, "OVERLOADED", sentence)
        {
            Retryable = true,
            RetryAfter = (int)Math.Clamp(Math.Ceiling(seconds), Soon, Latest),
        };
    }

    private static Work WorkOf(HttpContext http)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<Needs>() is not { } needs || (needs.AnyOf & (Role.Viewer | Role.Submitter)) == Role.None || metadata.GetMetadata<AnswersJson>() is not { } answers)
        {
            return Work.None;
        }

        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            return answers.OrEvents && MediaTypes.TakesEvents(http.Request.Headers.Accept.ToString()) ? Work.None : Work.Read;
        }

        return (needs.AnyOf & Role.Submitter) == Role.None ? Work.Read
            : metadata.GetMetadata<TakesBack>() is null ? Work.Command
            : Work.Write;
    }

    internal enum Work
    {
        None,
        Read,

        /// <summary>A write that adds nothing to what waits.</summary>
        Write,

        /// <summary>Adds to what waits in the log.</summary>
        Command,
    }

    /// <param name="Refused">Why there is none; null where there is.</param>
    /// <param name="Work">As what it is counted.</param>
    internal readonly record struct Place(Problem? Refused, Work Work);
}

/// <summary>Marks writes that make less wait, not more: they are taken also while too much does.</summary>
internal sealed record TakesBack;
