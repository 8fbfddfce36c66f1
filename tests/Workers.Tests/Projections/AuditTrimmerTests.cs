using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Engine.Log;
using Workers.Engine.Projections;
using Workers.Handlers.Audit;
using Workers.Tests.Follow;
using Workers.Tests.Time;

namespace Workers.Tests.Projections;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AuditTrimmerTests
{
    private const int Keep = 10;
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryLog _log = new();
    private readonly MemoryAudit _audit = new();

    private int Today => AuditChain.DayOf(_time.GetUtcNow().ToUnixTimeMilliseconds());

    private IEnumerable<(string Action, Dictionary<string, JsonElement> Changes)> Told =>
        _log.Of(Topics.Events).Select(record => (AuditRecorded)EventCatalog.Find(nameof(AuditRecorded))!.Read(record.Value.Span)).Select(note => (note.Action, note.Changes!));

    [Test]
    public async Task What_is_about_to_be_deleted_is_told_before_and_how_much_it_was_afterwards()
    {
        Fill(Today - 20, Today);
        var toldBefore = new List<string>();
        _audit.Deleting = () => toldBefore.AddRange(Told.Select(note => note.Action));

        await Trim();

        toldBefore.ShouldBe(["trimming"]);
        _audit.Entries.Values.Min(entry => AuditChain.DayOf(entry.AtMs)).ShouldBe(Today - Keep);
        var (about, done) = (Told.First().Changes, Told.Last());
        (about["from"].GetString(), about["to"].GetString()).ShouldBe((AuditBreak.DateOf(Today - 20), AuditBreak.DateOf(Today - 11)));
        (about["days"].GetInt32(), about["entries"].GetInt64()).ShouldBe((10, 10));
        (done.Action, done.Changes["entries"].GetInt64(), done.Changes["before"].GetString()).ShouldBe(("trimmed", 10, AuditBreak.DateOf(Today - Keep)));
        _log.Of(Topics.Events).ShouldAllBe(record => record.Headers.Get(HeaderName.Reason) == "Workers:Audit:RetentionDays is 10" && record.Key == "retention");
    }

    [Test]
    public async Task Where_nothing_is_old_nothing_is_told()
    {
        Fill(Today - Keep, Today);

        await Trim();

        Told.ShouldBeEmpty();
        _audit.Entries.Count.ShouldBe(Keep + 1);
    }

    [Test]
    public async Task A_clock_that_is_put_a_year_forward_deletes_nothing_that_is_not_due_within_a_day()
    {
        Fill(Today - Keep, Today);
        _time.Advance(TimeSpan.FromDays(365));

        await Trim();
        await Trim();

        _audit.Entries.Count.ShouldBe(Keep);
    }

    [Test]
    public async Task Nothing_is_deleted_that_cannot_be_told()
    {
        Fill(Today - 20, Today);
        _log.IsAway = true;

        await Should.ThrowAsync<LogUnavailableException>(Trim);

        _audit.Entries.Count.ShouldBe(21);
    }

    private Task Trim() => new AuditTrimmer(_audit, _log, Keep, _time, NullLogger<AuditTrimmer>.Instance).TrimAsync(CancellationToken.None);

    private void Fill(int from, int to)
    {
        foreach (var day in Enumerable.Range(from, to - from + 1))
        {
            var entry = new AuditEntry(
                Guid.NewGuid(), new PartitionId(Topics.Commands, 0), day, AuditChain.StartOf(day), "user", "u1", "created", "UserCreated", null, null, null, "ada", null, null,
                "{}"u8.ToArray(), null, null, null);
            _audit.Entries.Add(entry.Id, entry);
        }
    }
}
