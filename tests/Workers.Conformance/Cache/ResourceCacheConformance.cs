using NUnit.Framework;
using Shouldly;
using Workers.Engine.Cache;
using Workers.Engine.Store;

namespace Workers.Conformance.Cache;

/// <summary>What every cache of states must do.</summary>
public abstract class ResourceCacheConformance
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly StateKey Ada = new("user", "ada");
    private static readonly StateKey Bob = new("user", "bob");

    private IResourceCache Cache { get; set; } = null!;

    protected abstract Task<IResourceCache> MakeAsync();

    /// <summary>A moment goes by.</summary>
    protected virtual Task MomentAsync(CancellationToken cancellation) => Task.Delay(5, cancellation);

    [SetUp]
    public async Task Open() => Cache = await MakeAsync();

    [Test]
    public async Task What_was_put_is_found_until_it_is_removed()
    {
        (await Find(Ada)).ShouldBeNull();
        await Put(Ada, Row(3, "ada"));
        await Put(Bob, Row(1, "bob"));

        (await Find(Ada)).ShouldBe((3, "ada"));
        (await Find(new StateKey("order", "ada"))).ShouldBeNull();
        await Cache.RemoveAsync(Ada, None);
        (await Find(Ada)).ShouldBeNull();
        (await Find(Bob)).ShouldBe((1, "bob"));
    }

    [Test]
    public async Task All_entries_are_dropped_at_once()
    {
        await Put(Ada, Row(3, "ada"));
        await Put(Bob, Row(1, "bob"));

        await Cache.ClearAsync(None);

        (await Find(Ada), await Find(Bob)).ShouldBe((null, null));
        await Put(Ada, Row(3, "again"));
        (await Find(Ada)).ShouldBe((3, "again"));
    }

    [Test]
    public async Task An_entry_is_replaced_by_a_higher_version_only()
    {
        await Put(Ada, Row(3, "three"));
        await Put(Ada, Row(2, "two"));
        (await Find(Ada)).ShouldBe((3, "three"));
        await Put(Ada, Row(4, "four"));
        (await Find(Ada)).ShouldBe((4, "four"));
    }

    [Test]
    public async Task From_before_a_write_until_the_new_version_is_put_there_is_no_entry()
    {
        await Put(Ada, Row(1, "before"));
        await Put(Bob, Row(1, "bob"));

        var ended = Cache.BeforeWrite([Write(Ada, 2)]);
        (await Find(Ada)).ShouldBeNull();
        await EndAsync(ended);

        (await Find(Ada)).ShouldBeNull();
        (await Find(Bob)).ShouldBe((1, "bob"));
        await Put(Ada, Row(2, "after"));
        (await Find(Ada)).ShouldBe((2, "after"));
        (await Cache.SizeAsync(None)).Invalidations.ShouldBe(1);
    }

    [Test]
    public async Task What_was_read_before_a_write_is_not_put_after_it_began()
    {
        var before = await Cache.FindAsync(Ada, None);

        var ended = Cache.BeforeWrite([Write(Ada, 2)]);
        await Cache.PutAsync(Ada, Row(1, "before"), before.Ticket, Long, None);
        (await Find(Ada)).ShouldBeNull();
        await PutIfUsable(Row(1, "before"));
        (await Find(Ada)).ShouldBeNull();
        await EndAsync(ended);
        await Cache.PutAsync(Ada, Row(1, "before"), before.Ticket, Long, None);

        (await Find(Ada)).ShouldBeNull();
    }

    [Test]
    public async Task Who_looks_after_a_write_has_another_ticket()
    {
        var before = await Cache.FindAsync(Ada, None);
        (await Cache.FindAsync(Ada, None)).Ticket.ShouldBe(before.Ticket);

        var ended = Cache.BeforeWrite([Write(Ada, 2)]);
        var during = await Cache.FindAsync(Ada, None);
        await EndAsync(ended);

        var after = (await Cache.FindAsync(Ada, None)).Ticket;
        after.ShouldNotBe(before.Ticket);
        (during.IsUsable && during.Ticket == after).ShouldBeFalse("who looked before the commit would share what it read");
    }

    [Test]
    public async Task Two_writes_in_hand_both_count()
    {
        await Put(Ada, Row(1, "one"));
        var first = Cache.BeforeWrite([Write(Ada, 2)]);
        var second = Cache.BeforeWrite([Write(Ada, 3)]);

        await EndAsync(first);
        await PutIfUsable(Row(2, "two"));
        (await Find(Ada)).ShouldBeNull();
        await EndAsync(second);
        await Put(Ada, Row(3, "three"));

        (await Find(Ada)).ShouldBe((3, "three"));
    }

    [Test]
    public async Task States_that_are_not_read_by_id_do_not_matter()
    {
        await Put(Ada, Row(1, "ada"));

        Cache.BeforeWrite([Write(new StateKey("flow:order", "ada"), 2)]).ShouldBeNull();

        (await Find(Ada)).ShouldBe((1, "ada"));
    }

    [Test]
    public async Task An_entry_goes_when_its_time_is_over()
    {
        var look = await Cache.FindAsync(Ada, None);
        await Cache.PutAsync(Ada, Row(1, "ada"), look.Ticket, TimeSpan.FromMilliseconds(20), None);

        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Find(Ada) is not null)
        {
            await MomentAsync(deadline.Token);
        }
    }

    private static StateRow Row(long version, string text) => new(version, System.Text.Encoding.UTF8.GetBytes($$"""{"name":"{{text}}"}"""), 0);

    private static StateWrite Write(StateKey key, long version) => new(key, version - 1, version, [], null, 0, null);

    private static Task EndAsync(Func<Task<FlushResult>, Task<FlushResult>>? write) => write?.Invoke(Task.FromResult(FlushResult.Committed)) ?? Task.CompletedTask;

    private async Task Put(StateKey key, StateRow row)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        CacheLook look;
        while (!(look = await Cache.FindAsync(key, None)).IsUsable)
        {
            await Task.Delay(5, deadline.Token);
        }

        await Cache.PutAsync(key, row, look.Ticket, Long, None);
    }

    private async Task PutIfUsable(StateRow row)
    {
        var look = await Cache.FindAsync(Ada, None);
        if (look.IsUsable)
        {
            await Cache.PutAsync(Ada, row, look.Ticket, Long, None);
        }
    }

    private async Task<(long, string)?> Find(StateKey key) => (await Cache.FindAsync(key, None)).Row is { } row
        ? (row.Version, System.Text.Json.JsonDocument.Parse(row.Data).RootElement.GetProperty("name").GetString()!) : null;
}
