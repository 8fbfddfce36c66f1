using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Tests.Contracts;

/// <summary>Every body that the documents print or draw, cited by document and line.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class DocumentBodiesTests
{
    [Test]
    public void The_load_tests_payment_is_a_payment_by_credit_card_000_321()
    {
        const string Body = """
            {"command_id":"cmd123","user_id":"user123","amount":100.50,"currency":"USD","payment_method":"card","gateway":"stripe","description":"Test payment"}
            """;
        var reading = Reader.Read(Body);

        var payment = reading.Command.ShouldBeOfType<ProcessPayment>();
        (payment.UserId, payment.Amount, payment.Currency, payment.PaymentMethod, payment.Gateway).ShouldBe(("user123", 100.5m, "USD", "credit_card", "stripe"));
        (reading.CommandId, reading.Key, reading.KeyWasMade).ShouldBe(("cmd123", Reader.Made, true));
    }

    [Test]
    public void The_batchs_users_are_created_and_updated_000_324()
    {
        var create = Reader.Accepted<CreateUser>(
            """{"command_id":"cmd123","user_id":"user123","action":"create","data":{"name":"John Doe","email":"john@example.com"}}""");
        var update = Reader.Accepted<UpdateUser>("""{"command_id":"cmd124","user_id":"user123","action":"update","data":{"name":"Jane Doe"}}""");

        (create.UserId, create.Data!.Name, create.Data.Email).ShouldBe(("user123", "John Doe", "john@example.com"));
        (update.UserId, update.Data!.Name, update.Data.Email).ShouldBe(("user123", "Jane Doe", null));
    }

    [TestCase("""{"command_id":"c","user_id":"u","amount":10,"currency":"USD","payment_method":"upi","gateway":"paypal","description":"d","metadata":{"k":"v"}}""", "ProcessPayment")]
    [TestCase("""{"command_id":"c","user_id":"u","action":"delete","data":null,"metadata":null}""", "DeleteUser")]
    [TestCase("""{"command_id":"c","order_id":"o","user_id":"u","action":"create","items":[{"product_id":"p","quantity":1,"price":5}],"total_amount":5,"currency":"USD","metadata":{}}""", "CreateOrder")]
    [TestCase("""{"command_id":"c","order_id":"o","user_id":"u","action":"confirm","items":null,"total_amount":0,"currency":"","metadata":null}""", "ConfirmOrder")]
    [TestCase("""{"command_id":"c","user_id":"u","channel":"email","type":"welcome","title":"Hi","message":"Hello","priority":"high","metadata":{}}""", "SendNotification")]
    [TestCase("""{"command_id":"c","product_id":"p","action":"add","quantity":3,"reason":"delivery","metadata":{}}""", "AdjustInventory")]
    [TestCase("""{"command_id":"c","payment_id":"p","user_id":"u","amount":3,"currency":"USD","reason":"broken","metadata":{}}""", "RefundPayment")]
    [TestCase("""{"command_id":"c","entity_type":"order","entity_id":"o","action":"viewed","changes":{"a":1},"user_id":"u","ip_address":"::1","user_agent":"curl","metadata":{}}""", "RecordAudit")]
    [TestCase("""{"command_id":"c","action":"ping","parameters":{"deep":true},"metadata":{}}""", "RunSystemAction")]
    public void The_structures_of_document_000_are_told_apart_by_their_members_000_46(string body, string name)
    {
        var reading = Reader.Read(body);

        reading.Failure?.Message.ShouldBeNull();
        reading.Info!.Name.ShouldBe(name);
        reading.CommandId.ShouldBe("c");
    }

    [Test]
    public void The_cqrs_command_creates_a_user_with_a_made_id_001_195()
    {
        var reading = Reader.Read("""{"type":"CreateUser","data":{"name":"John Doe","email":"john@example.com","age":30}}""");

        var user = reading.Command.ShouldBeOfType<CreateUser>();
        (user.Data!.Name, user.Data.Age, reading.Key).ShouldBe(("John Doe", 30, Reader.Made));
    }

    [Test]
    public void A_resource_post_creates_a_user_002_270()
    {
        var user = Reader.Accepted<CreateUser>("""{"email":"test@example.com","name":"Test User"}""", Reader.Resource<CreateUser>());

        (user.Data!.Name, user.Data.Email).ShouldBe(("Test User", "test@example.com"));
    }

    [Test]
    public void A_resource_post_creates_a_payment_002_273()
    {
        var payment = Reader.Accepted<ProcessPayment>(
            """{"user_id":"user123","amount":100.50,"currency":"USD","gateway":"stripe"}""", Reader.Resource<ProcessPayment>());

        (payment.Amount, payment.Gateway, payment.PaymentMethod).ShouldBe((100.5m, "stripe", null));
    }

    [TestCase("uuid")]
    [TestCase("550e8400-e29b-41d4-a716-446655440000")]
    public void The_printed_order_is_taken_with_uuids_and_with_the_word_itself_003_121(string id)
    {
        var order = Reader.Accepted<CreateOrder>(
            $$"""
            {"customer_id": "{{id}}",
             "items": [{"product_id": "{{id}}", "sku": "SKU-001", "quantity": 2, "unit_price": 29.99}],
             "shipping_address": {"street": "123 Main St", "city": "Springfield", "state": "IL", "zip": "62701", "country": "us"} }
            """,
            Reader.Resource<CreateOrder>());

        order.UserId.ShouldBe(id);
        (order.Total, order.ShippingAddress!.Country).ShouldBe((59.98m, "US"));
    }

    [Test]
    public void Confirming_and_delivering_need_no_body_003_365()
    {
        var confirm = Reader.Read([], Reader.Resource<ConfirmOrder>("o-1"));
        var deliver = Reader.Read("  ", Reader.Resource<DeliverOrder>("o-1"));

        confirm.Command.ShouldBeOfType<ConfirmOrder>().OrderId.ShouldBe("o-1");
        deliver.Command.ShouldBeOfType<DeliverOrder>().OrderId.ShouldBe("o-1");
    }

    [Test]
    public void Cancelling_and_shipping_take_their_printed_bodies_003_371()
    {
        Reader.Accepted<CancelOrder>("""{"reason": "Customer requested refund"}""", Reader.Resource<CancelOrder>("o-1"))
            .Reason.ShouldBe("Customer requested refund");
        var ship = Reader.Accepted<ShipOrder>("""{"tracking_number": "1Z999AA10123456784", "carrier": "UPS"}""", Reader.Resource<ShipOrder>("o-1"));

        (ship.OrderId, ship.TrackingNumber, ship.Carrier).ShouldBe(("o-1", "1Z999AA10123456784", "UPS"));
    }

    [Test]
    public void Document_001s_rules_hold_at_its_own_door_only_001_355()
    {
        const string Body = """{"type":"CreateOrder","data":{"user_id":"user-123","amount":12.5,"currency":"USD"}}""";
        var rules = new DoorRules(new Dictionary<string, IReadOnlyDictionary<string, DoorRule>>
        {
            ["CreateOrder"] = new Dictionary<string, DoorRule>
            {
                ["user_id"] = new() { Required = true, Format = "uuid" },
                ["amount"] = new() { Required = true, Min = 0.01m },
            },
        });

        Reader.Accepted<CreateOrder>(Body).Total.ShouldBe(12.5m);
        Reader.Refused(Body, Reader.Any with { Rules = rules }).Message.ShouldBe("user_id must be a UUID");
        Reader.Accepted<CreateOrder>(Body.Replace("user-123", "550e8400-e29b-41d4-a716-446655440000"), Reader.Any with { Rules = rules });
    }
}
