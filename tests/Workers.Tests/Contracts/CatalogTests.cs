using System.Reflection;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class CatalogTests
{
    private static readonly Type[] Types = typeof(ICommand).Assembly.GetTypes();

    [Test]
    public void Every_command_record_is_in_the_catalog() =>
        CommandCatalog.All.Select(info => info.Type).ShouldBe(Types.Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(ICommand))), ignoreOrder: true);

    [Test]
    public void Every_event_record_is_in_the_catalog() =>
        EventCatalog.All.Select(info => info.Type).ShouldBe(Types.Where(type => type.IsClass && type.IsAssignableTo(typeof(IDomainEvent))), ignoreOrder: true);

    [Test]
    public void The_documents_eight_kinds_have_their_commands()
    {
        CommandCatalog.Kinds.ShouldBe(CommandCatalog.All.Select(info => info.Kind).Distinct(), ignoreOrder: true);
        CommandCatalog.OfKind("order").Select(info => info.Action).ShouldBe(["create", "update", "confirm", "cancel", "ship", "deliver", "delete"]);
        CommandCatalog.OfKind("nothing").ShouldBeEmpty();
    }

    [Test]
    public void A_key_is_read_and_given()
    {
        var command = new CreateOrder { UserId = "u" };
        var info = CommandCatalog.Of(command);

        info.GetKey(command).ShouldBe("");
        info.SetKey(command, "o-1");
        (info.GetKey(command), command.OrderId, info.KeyField.Name).ShouldBe(("o-1", "o-1", "order_id"));
    }

    [Test]
    public void Events_know_their_entity_their_id_and_their_name_in_the_feed()
    {
        var info = EventCatalog.Find("OrderShipped").ShouldNotBeNull();
        var shipped = new OrderShipped { OrderId = "o", UserId = "u", TrackingNumber = "t", Carrier = "c" };

        (info.Entity, info.FeedName, info.GetEntityId(shipped), info.GetUserId(shipped)).ShouldBe(("order", "order_updated", "o", "u"));
        info.Read(info.ToBytes(shipped)).ShouldBe(shipped);
    }

    [Test]
    public void Members_keep_their_names_in_snake_case_and_no_two_fields_of_a_command_share_a_name()
    {
        foreach (var info in CommandCatalog.All)
        {
            var names = info.Body.Fields.SelectMany(field => field.Aliases.Append(field.Name)).ToList();
            names.ShouldBe(names.Distinct(), info.Name);
            names.ShouldAllBe(name => name == name.ToLowerInvariant());
        }
    }

    [Test]
    public void Every_text_and_number_of_a_callers_command_has_a_rule()
    {
        var open = from info in CommandCatalog.All
                   where !info.IsInternal
                   from field in info.Body.Fields
                   where field.Rules.Count == 0
                   select $"{info.Name}.{field.Name}";

        open.ShouldBeEmpty();
    }

    [Test]
    public void No_command_or_event_has_a_binary_fraction() =>
        Types.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is { } type && (type == typeof(double) || type == typeof(float)))
            .ShouldBeEmpty();
}
