using NUnit.Framework;
using Shouldly;
using Workers.Contracts;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Headers;
using Workers.Domain;
using Workers.Engine.Commands;
using Workers.Engine.Log;
using Workers.Engine.Repositories;
using Workers.Engine.Session;
using Workers.Engine.Store;
using Workers.Handlers.Repositories;
using Workers.Tests.Dispatch;

namespace Workers.Tests.Repositories;

[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class UnitOfWorkTests : IDisposable
{
    private readonly BatchSession _session = new("commands", new PartitionId(Topics.Commands, 0), new MemoryReader(), TimeProvider.System);
    private readonly CommandContext _context;
    private readonly ITransactionalRepository<User> _users;

    public UnitOfWorkTests()
    {
        var record = new LogRecord
        {
            Id = Guid.NewGuid(),
            Topic = Topics.Commands,
            Key = "ada",
            TimestampMs = 0,
            Headers = new HeaderWriter().Add(HeaderName.Type, nameof(CreateUser)).Take(),
        };
        _context = new CommandContext(record, CommandCatalog.Find(nameof(CreateUser))!, DateTimeOffset.UnixEpoch, 1, _session, new FlowRoutes());
        _session.Enter(_context);
        _users = _context.Work.GetUserRepository();
    }

    public void Dispose() => _session.Dispose();

    [Test]
    public void What_is_staged_is_read_again_and_moves_with_the_flush()
    {
        _users.Exists("ada").ShouldBeFalse();
        _users.Create("ada", [Created("Ada")])!.Name.ShouldBe("Ada");
        _users.Update("ada", [new UserUpdated { UserId = "ada", Name = "Ada King" }]);
        _users.Delete("ada", [new UserDeleted { UserId = "ada" }])!.Deleted.ShouldBeTrue();

        (_users.GetById("ada")!.Name, _users.VersionOf("ada")).ShouldBe(("Ada King", 3));
        var flush = Flush();
        flush.States.Single().Version.ShouldBe(3);
        flush.Events.Select(e => e.Type).ShouldBe([nameof(UserCreated), nameof(UserUpdated), nameof(UserDeleted)]);
    }

    [Test]
    public void An_entity_is_made_once_and_changed_only_where_it_is()
    {
        Should.Throw<InvalidOperationException>(() => _users.Update("ada", [new UserUpdated { UserId = "ada" }])).Message.ShouldBe("user ada does not exist.");
        _users.Create("ada", [Created("Ada")]);
        Should.Throw<InvalidOperationException>(() => _users.Create("ada", [Created("Ada")])).Message.ShouldBe("user ada exists already.");
    }

    [Test]
    public void A_part_that_throws_leaves_nothing_and_the_rest_stays()
    {
        _users.Create("ada", [Created("Ada")]);
        var told = _context.LastEvent;

        Should.Throw<FormatException>(() => _users.WithTransaction(users =>
        {
            users.Update("ada", [new UserUpdated { UserId = "ada", Name = "Other" }]);
            users.Create("bob", [Created("Bob")]);
            throw new FormatException();
        }));

        (_users.GetById("ada")!.Name, _users.Exists("bob"), _session.IsActive).ShouldBe(("Ada", false, false));
        _context.LastEvent.ShouldBe(told);
        Flush().Events.Count.ShouldBe(1);
    }

    [Test]
    public void Parts_lie_inside_one_another()
    {
        var outer = _users.BeginTransaction();
        _users.Create("ada", [Created("Ada")]);
        var inner = _users.BeginTransaction();
        _users.Update("ada", [new UserUpdated { UserId = "ada", Name = "Other" }]);
        inner.Commit();
        outer.IsActive.ShouldBeTrue();

        outer.Rollback();

        (_users.Exists("ada"), outer.IsActive).ShouldBe((false, false));
        Should.Throw<InvalidOperationException>(outer.Commit);
        Flush().States.ShouldBeEmpty();
    }

    private static UserCreated Created(string name) => new() { UserId = name.ToLowerInvariant(), Name = name };

    private Flush Flush()
    {
        var flush = new Flush { Position = new PositionMove("commands", _session.Partition, 1, 0, 0) };
        _session.MoveTo(flush);
        return flush;
    }
}
