using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Workers.Api.Http;
using Workers.Engine.Identity;
using Workers.Engine.Log;
using Workers.Engine.Projections;

namespace Workers.Api.Callers;

/// <summary>
/// Who was turned away is in the audit trail, and who was let in to where operators and admins alone are: who, from where, what for and why. Not each refusal of a flood: <see cref="PerAddress"/> a minute of one address and
/// <see cref="PerMinute"/> of all, so that nobody fills the disk by being refused; the next entry says how many were left out.
/// </summary>
internal sealed class AccessTrail(ILog log, TimeProvider clock, ILogger<AccessTrail> logger)
{
    public const int PerAddress = 5;
    public const int PerMinute = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _addresses = new(StringComparer.Ordinal);
    private long _minute;
    private int _told;
    private long _left;

    public void Denied(HttpContext http, Caller caller, Problem problem)
    {
        var now = clock.GetUtcNow();
        if (Takes(AddressOf(http), now, out var left))
        {
            _ = TellAsync(Record(http, caller, "denied", problem.Error, Changes(http, problem.Status, left), now));
        }
    }

    /// <summary>
    /// Somebody was let in to where operators and admins alone are: what was done there stands in the entry of the command, this one says that it was allowed, and by which
    /// roles. Nothing of callers without a credential: of them nobody has decided anything.
    /// </summary>
    public void Allowed(HttpContext http, Caller caller)
    {
        if (!caller.IsKnown)
        {
            return;
        }

        var changes = Changes(http, null, 0);
        changes["roles"] = JsonSerializer.SerializeToElement(Roles.Said(caller.Roles, ", "));
        _ = TellAsync(Record(http, caller, "allowed", null, changes, clock.GetUtcNow()));
    }

    private bool Takes(string address, DateTimeOffset now, out long left)
    {
        lock (_gate)
        {
            var minute = now.ToUnixTimeSeconds() / 60;
            if (minute != _minute)
            {
                (_minute, _told) = (minute, 0);
                _addresses.Clear();
            }

            var told = _addresses.GetValueOrDefault(address);
            if (_told >= PerMinute || told >= PerAddress)
            {
                _left++;
                left = 0;
                return false;
            }

            _addresses[address] = told + 1;
            _told++;
            (left, _left) = (_left, 0);
            return true;
        }
    }

    private static LogRecord Record(HttpContext http, Caller caller, string action, string? reason, Dictionary<string, JsonElement> changes, DateTimeOffset now)
    {
        var address = AddressOf(http);
        return new AuditNote("access", caller.KeyId ?? address, action, changes)
            .Record(new AuditSource(caller.Name, "access", address, Traces.UserAgent(http.Request), Traces.Parent(http)), reason, now);
    }

    private static string AddressOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "local";

    private static Dictionary<string, JsonElement> Changes(HttpContext http, int? status, long left)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
        var changes = new Dictionary<string, JsonElement>
        {
            ["method"] = JsonSerializer.SerializeToElement(http.Request.Method),
            ["route"] = JsonSerializer.SerializeToElement(route),
        };
        if (status is { } refused)
        {
            changes["status"] = JsonSerializer.SerializeToElement(refused);
        }

        if (left > 0)
        {
            changes["left_out"] = JsonSerializer.SerializeToElement(left);
        }

        return changes;
    }

    private async Task TellAsync(LogRecord record)
    {
        try
        {
            await log.AppendAsync(record, CancellationToken.None);
        }
        catch (LogUnavailableException error)
        {
            Log.NotTold(logger, "who was turned away or let in", error);
        }
    }
}
