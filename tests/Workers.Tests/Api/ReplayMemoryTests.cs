using NUnit.Framework;
using Shouldly;
using Workers.Engine.Limits;
using Workers.Tests.Time;

namespace Workers.Tests.Api;

/// <summary>What was served is known as long as it would be taken, in bounded room.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ReplayMemoryTests
{
    [Test]
    public async Task One_signature_is_the_first_once_for_each_key()
    {
        var (clock, memory) = Memory(10);
        var until = clock.GetUtcNow() + TimeSpan.FromMinutes(5);

        (await memory.IsFirstAsync("a", "v1,x", until, default)).ShouldBeTrue();
        (await memory.IsFirstAsync("a", "v1,x", until, default)).ShouldBeFalse();
        (await memory.IsFirstAsync("b", "v1,x", until, default)).ShouldBeTrue();
    }

    [Test]
    public async Task What_is_forgotten_for_want_of_room_is_not_taken_again()
    {
        var (clock, memory) = Memory(3);
        var now = clock.GetUtcNow();
        for (var n = 1; n <= 5; n++)
        {
            (await memory.IsFirstAsync("a", $"v1,{n}", now + TimeSpan.FromSeconds(n), default)).ShouldBeTrue();
        }

        for (var n = 1; n <= 5; n++)
        {
            (await memory.IsFirstAsync("a", $"v1,{n}", now + TimeSpan.FromSeconds(n), default)).ShouldBeFalse();
        }
    }

    private static (FakeTimeProvider, LocalReplayMemory) Memory(int max)
    {
        var clock = new FakeTimeProvider();
        return (clock, new LocalReplayMemory(clock, max));
    }
}
