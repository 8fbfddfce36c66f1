using System.Globalization;
using Shouldly;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>Callers who send until they are refused.</summary>
internal static class Overload
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    public static Task<Answer> SubmitAsync(ApiClient api, string id) =>
        api.ExecuteAsyncAsync($$"""{"type":"SendNotification","command_id":"{{id}}","user_id":"{{id}}","channel":"email","title":"t","message":"m"}""");

    public static string Submitted(Answer answer)
    {
        answer.Status.ShouldBe(202, answer.ToString());
        return answer.Text("id")!;
    }

    public static void ShouldSayWhenToComeAgain(Answer answer)
    {
        (answer.Status, answer.MediaType, answer.Text("code"), answer.Text("retryable")).ShouldBe((503, "application/problem+json", "OVERLOADED", "true"), answer.ToString());
        int.Parse(answer.Header("Retry-After")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
    }

    public static Task<Answer> UntilRefusedAsync(Func<Task<Answer>> send, List<string> accepted) => UntilAsync(send, answer =>
    {
        if (answer.Status != 503)
        {
            accepted.Add(Submitted(answer));
        }

        return answer.Status == 503;
    });

    public static async Task<Answer> UntilAsync(Func<Task<Answer>> send, Func<Answer, bool> wanted)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(Look);
        Answer answer;
        while (!wanted(answer = await send()))
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        return answer;
    }
}
