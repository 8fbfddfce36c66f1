using System.Net;
using Workers.Engine.Dispatch;

namespace Workers.Handlers.Effects.Services;

/// <summary>What HTTP answers and names mean to whoever calls.</summary>
internal static class HttpAnswers
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>Throws <see cref="RetryLater"/> for an answer that says "not now"; <c>Retry-After</c> counts, an hour at most.</summary>
    public static void ThrowIfBusy(HttpResponseMessage answer, string service, DateTimeOffset now)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500 || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests || status == 425)
        {
            throw new RetryLater($"{service} answered {status}", RetryAfter(answer, now));
        }
    }

    /// <summary>An id as a header's value: as it is, or percent-encoded where it has other than visible ASCII characters.</summary>
    public static string HeaderText(string id) => id.All(c => c is > ' ' and < '\x7f') ? id : Uri.EscapeDataString(id);

    private static TimeSpan? RetryAfter(HttpResponseMessage answer, DateTimeOffset now) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => Bounded(delta),
        { Date: { } date } => Bounded(date - now),
        _ => null,
    };

    private static TimeSpan Bounded(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
}
