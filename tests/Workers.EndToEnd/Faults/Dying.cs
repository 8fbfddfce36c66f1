using Workers.EndToEnd.Kills;
using Workers.EndToEnd.Running;

namespace Workers.EndToEnd.Faults;

/// <summary>Keeps callers at it until a program has died where it was told to.</summary>
internal sealed class Dying(Load load)
{
    private const int Few = 5;

    // So that what is to be looked at in the end does not depend on the machine.
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private Task? _waiting;

    /// <param name="program">Started, and told where to die.</param>
    /// <param name="moment">Of its death.</param>
    /// <param name="each">Done again and again besides the load.</param>
    /// <exception cref="TimeoutException">It came by the point too seldom.</exception>
    public async Task AsToldAsync(KilledProgram program, Moment moment, Func<RunningProgram, Task> each)
    {
        var present = await program.Present;
        var gone = present.GoneAsync();
        using var limit = new CancellationTokenSource(Patience);
        using var pace = new PeriodicTimer(Between);
        do
        {
            await each(present);
            await SomeAnswersAsync(gone);
            if (moment == Moment.Stop)
            {
                present.Tell();
                break;
            }
        }
        while (!gone.IsCompleted && !limit.IsCancellationRequested && await pace.WaitForNextTickAsync());

        await gone.WaitAsync(moment == Moment.Stop ? Patience : TimeSpan.Zero);
        await program.DiedAsync();
    }

    // What was permitted and not answered when the program died is answered by the next one.
    private async Task SomeAnswersAsync(Task gone)
    {
        _waiting ??= load.AnsweredAsync(Few, Patience);
        if (await Task.WhenAny(gone, _waiting) == _waiting)
        {
            await _waiting;
            _waiting = null;
        }
    }
}
