using Microsoft.AspNetCore.Http;
using Workers.Api.Callers;
using Workers.Api.Http;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Headers;
using Workers.Contracts.Reading;
using Workers.Engine.Commands;
using Workers.Engine.Control;
using Workers.Engine.Encryption;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Engine.Waiting;

namespace Workers.Api.Doors;

/// <summary>Makes a request's body into a record for the log: typed, valid, with all that is known of who sent it.</summary>
internal sealed class SubmissionReader(CommandReader reader, FingerprintKey fingerprints, DataCipher cipher, StateReaders readers, ControlFeed control, TimeProvider clock)
{
    /// <summary>What a request says beside its commands; one for a whole batch.</summary>
    public RequestInfo Info(HttpContext http, DoorRoute route) => new(
        http, Caller.Of(http).Name, RequestHeaders.IdempotencyKey(http.Request), CorrelationOf(http.Request), Traces.Parent(http), Traces.UserAgent(http.Request),
        route.IsResource ? RequestHeaders.ExpectedVersion(http.Request) : null, ReasonOf(http.Request));

    /// <param name="body">One command's JSON.</param>
    /// <param name="route">Where it came in.</param>
    /// <param name="request">What the request says beside it.</param>
    /// <param name="headerKey">The caller's key where the body has no <c>command_id</c>.</param>
    /// <param name="problem">Why there is none.</param>
    public Submission? Read(ReadOnlyMemory<byte> body, DoorRoute route, RequestInfo request, string? headerKey, out Problem? problem)
    {
        var handlers = control.Current.Handlers;
        if (route.Command is null && !handlers.IsEmpty && CustomReader.Read(body, type => handlers.Of(type) is not null) is { } custom)
        {
            problem = custom.Failure is { } wrong ? Problem.Of(wrong, custom.CommandId) : null;
            return problem is null ? Make(custom, headerKey, route, request) : null;
        }

        var reading = reader.Read(body, new ReadRequest
        {
            Command = route.Command,
            IsResource = route.IsResource,
            Key = route.Creates is null && route.IsResource ? (string?)request.Http.Request.RouteValues["id"] : null,
            Reason = request.Reason,
            Supported = route.Supported?.Invoke(),
            Rules = route.Rules,
            MakeKey = (info, commandId) => (commandId ?? headerKey) is { } key
                ? Ids.OfCaller(request.Caller, info.Name, key).ToString()
                : Ids.New(clock.GetUtcNow()).ToString(),
        });
        if (reading.Failure is { } failure)
        {
            problem = Problem.Of(failure, reading.CommandId);
            return null;
        }

        problem = CommandRoles.Refuse(request.Http, reading.Command!);
        if (problem is not null)
        {
            return null;
        }

        var key = reading.Key;
        if (key.Length == 0 && reading.Command is IRefundDecision decision)
        {
            if (PaymentOf(decision.RefundId) is not { } payment)
            {
                problem = Problem.NotFound("Refund");
                return null;
            }

            reading.Info!.SetKey(reading.Command, key = payment);
        }

        return Make(reading.Info!, reading.Command!, key, reading.CommandId, headerKey, route, request) with { KeyWasMade = reading.KeyWasMade };
    }

    /// <summary>A command that the door itself has made.</summary>
    /// <param name="told">What it is told from others of one key by, where what it has differs each time that it is made.</param>
    public Submission Make(
        CommandInfo info, object command, string key, string? callerId, string? headerKey, DoorRoute route, RequestInfo request, byte[]? told = null) =>
        Make(info, info.Name, info.ToBytes(command), key, UserIds.Of(info, command), callerId, headerKey, route, request, told);

    private Submission Make(CustomReading custom, string? headerKey, DoorRoute route, RequestInfo request)
    {
        var key = custom.Key ?? ((custom.CommandId ?? headerKey) is { } said ? Ids.OfCaller(request.Caller, custom.Type, said) : Ids.New(clock.GetUtcNow())).ToString();
        return Make(CommandCatalog.Of<CustomCommand>(), custom.Type, custom.Data, key, custom.UserId, custom.CommandId, headerKey, route, request) with { KeyWasMade = custom.Key is null };
    }

    /// <summary>Why it cannot be accepted although it is right; null where it can. Asked after it is known to be no repeat.</summary>
    public Problem? Unhandled(Submission submission) => control.Current.Handlers.IsOut(submission.Name)
        ? new Problem(StatusCodes.Status422UnprocessableEntity, "HANDLER_NOT_FOUND", $"Nobody executes {submission.Name}: its handler was unregistered")
        {
            CommandId = submission.CallerId,
        }
        : null;

    private Submission Make(
        CommandInfo info, string name, byte[] data, string key, string? user, string? callerId, string? headerKey, DoorRoute route, RequestInfo request, byte[]? told = null)
    {
        var now = clock.GetUtcNow();
        var id = Ids.New(now);
        CallerKey? known = null;
        if ((callerId ?? headerKey) is { } said)
        {
            var scope = callerId is null && route.IsResource ? route.Route : name;
            known = new CallerKey(Ids.OfCaller(request.Caller, scope, said), fingerprints.Of(request.DueMs is { } at ? [.. data, .. BitConverter.GetBytes(at)] : told ?? data));
        }

        // Told from other data by what was sent; kept as nobody can read it.
        var kept = cipher.Protect(data, info.Type);
        var record = new LogRecord
        {
            Id = id,
            Topic = info.Topic,
            Key = key,
            TimestampMs = now.ToUnixTimeMilliseconds(),
            Headers = Headers(info, name, id, user, callerId, known, route, request),
            Value = kept,
        };
        return new Submission(record, info, name, kept, request.Caller, route.Door, callerId, known, user);
    }

    private string? PaymentOf(string refundId)
    {
        using var loan = readers.Rent();
        return RefundLookup.PaymentOf(loan.Reader, refundId);
    }

    [ThreadStatic]
    private static HeaderWriter? t_headers;

    private static HeaderBlock Headers(
        CommandInfo info, string name, Guid id, string? user, string? callerId, CallerKey? known, DoorRoute route, RequestInfo request)
    {
        var headers = t_headers ??= new HeaderWriter();
        headers.Add(HeaderName.Type, name).Add(HeaderName.Source, request.Caller).Add(HeaderName.Door, route.Door).Add(HeaderName.CommandId, callerId);
        if (known is not null)
        {
            Span<byte> hex = stackalloc byte[64];
            Convert.TryToHexStringLower(known.Fingerprint, hex, out var length);
            headers.Add(HeaderName.CallerKey, known.Hash).Add(HeaderName.Fingerprint, hex[..length]);
        }

        if (request.CorrelationId is { } correlation)
        {
            headers.Add(HeaderName.CorrelationId, correlation);
        }
        else
        {
            headers.Add(HeaderName.CorrelationId, id);
        }

        headers.Add(HeaderName.TraceParent, request.TraceParent).Add(HeaderName.UserId, user);
        if (request.DueMs is { } due)
        {
            headers.Add(HeaderName.Due, new Due(due, IsSent: false).ToString()).Add(HeaderName.Reason, request.Reason);
        }

        if (request.ExpectedVersion is { } version)
        {
            headers.Add(HeaderName.ExpectedVersion, version);
        }

        if (request.Http.Connection.RemoteIpAddress is { } address)
        {
            Span<byte> text = stackalloc byte[65];
            address.TryFormat(text, out var length);
            headers.Add(HeaderName.ClientAddress, text[..length]);
        }

        return headers.Add(HeaderName.UserAgent, request.UserAgent).Add(HeaderName.Reason, info.Topic == Topics.Control ? request.Reason : null).Take();
    }

    private static string? CorrelationOf(HttpRequest request)
    {
        var header = request.Headers["X-Correlation-Id"];
        if (header.Count == 0)
        {
            return null;
        }

        var id = header.ToString();
        return IdRules.IsId(id) ? id : throw new ProblemException(Problem.BadId("X-Correlation-Id"));
    }

    private static string? ReasonOf(HttpRequest request)
    {
        if (request.QueryString.HasValue && request.Query["reason"].ToString() is { Length: > 0 } said)
        {
            return said;
        }

        var header = request.Headers["X-Reason"];
        return header.Count == 0 ? null : header.ToString();
    }
}

/// <summary>What a request says beside its body.</summary>
internal sealed record RequestInfo(
    HttpContext Http, string Caller, string? IdempotencyKey, string? CorrelationId, string? TraceParent, string? UserAgent, long? ExpectedVersion, string? Reason)
{
    public string? TraceId => Traces.IdOf(TraceParent);

    /// <summary>Who asks, for the audit trail.</summary>
    public AuditSource Source(DoorRoute route) => new(Caller, route.Door, Http.Connection.RemoteIpAddress?.ToString(), UserAgent, TraceParent);

    /// <summary>Its command is for then; null for now.</summary>
    public long? DueMs { get; init; }
}
