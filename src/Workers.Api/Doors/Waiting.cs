using System.Globalization;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Options;

namespace Workers.Api.Doors;

/// <summary>How long a write waits for its outcome.</summary>
internal readonly record struct Waiting(TimeSpan Time, Preference Preference)
{
    /// <summary>The door's habit, unless the caller prefers otherwise; says in the answer's headers what was followed.</summary>
    public static Waiting Of(HttpContext http, DoorRoute route, ApiOptions options)
    {
        var headers = http.Response.Headers;
        headers.Vary = "Prefer";
        var header = http.Request.Headers["Prefer"];
        var habit = route.RespondsAsync ? TimeSpan.Zero : Least(options.Wait, options.MaxWait);
        if (header.Count == 0)
        {
            return new Waiting(habit, default);
        }

        var preference = Preference.Of(header);
        var longest = (int)options.MaxWait.TotalSeconds;
        if (preference.WaitSeconds is { } seconds)
        {
            seconds = Math.Min(seconds, longest);
            var applied = string.Create(CultureInfo.InvariantCulture, $"wait={seconds}");
            headers["Preference-Applied"] = preference.RespondAsync ? "respond-async, " + applied : applied;
            return new Waiting(TimeSpan.FromSeconds(seconds), preference);
        }

        if (preference.RespondAsync)
        {
            headers["Preference-Applied"] = "respond-async";
            return new Waiting(TimeSpan.Zero, preference);
        }

        return new Waiting(habit, preference);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
