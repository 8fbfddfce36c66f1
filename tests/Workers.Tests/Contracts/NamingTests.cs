using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class NamingTests
{
    private const string Notice = "\"user_id\":\"u\",\"channel\":\"email\",\"title\":\"t\",\"message\":\"m\"";

    [TestCase("welcome", "welcome")]
    [TestCase("payment", "payment")]
    [TestCase("CreateOrder", "CreateOrder")]
    [TestCase("notification", null)]
    [TestCase("SendNotification", null)]
    public void A_flat_notification_is_one_whatever_its_type_says(string type, string? kept) =>
        Reader.Accepted<SendNotification>($$"""{"type":"{{type}}",{{Notice}}}""").Type.ShouldBe(kept);

    [Test]
    public void A_notification_named_outright_keeps_its_own_type()
    {
        Reader.Accepted<SendNotification>($$"""{"command_type":"SendNotification","type":"welcome",{{Notice}}}""").Type.ShouldBe("welcome");
        Reader.Accepted<SendNotification>($$$"""{"type":"SendNotification","data":{"type":"welcome",{{{Notice}}}}}""").Type.ShouldBe("welcome");
        Reader.Accepted<SendNotification>($$"""{"type":"welcome",{{Notice}}}""", Reader.Any with { Said = "notification" }).Type.ShouldBe("welcome");
    }

    [TestCase("CreateProduct")]
    [TestCase("com.example.shop.CreateProduct")]
    public void What_a_header_says_comes_first_without_its_prefix(string said) =>
        Reader.Accepted<CreateProduct>("""{"name":"n","price":1}""", Reader.Any with { Said = said });

    [TestCase("""{"type":"user","action":"delete","user_id":"u"}""", "DeleteUser")]
    [TestCase("""{"type":"order","action":"ship","order_id":"o","tracking_number":"t","carrier":"c"}""", "ShipOrder")]
    [TestCase("""{"type":"inventory","action":"reserve","product_id":"p","quantity":1}""", "AdjustInventory")]
    [TestCase("""{"type":"inventory","action":"create","name":"n","price":1}""", "CreateProduct")]
    [TestCase("""{"type":"payment","user_id":"u","amount":1,"currency":"USD"}""", "ProcessPayment")]
    [TestCase("""{"type":"payment","action":"delete","payment_id":"p"}""", "DeletePayment")]
    [TestCase("""{"type":"refund","payment_id":"p","amount":1,"reason":"r"}""", "RefundPayment")]
    [TestCase("""{"type":"refund","action":"approve","refund_id":"r"}""", "ApproveRefund")]
    [TestCase("""{"type":"audit","entity_type":"t","entity_id":"e","action":"delete"}""", "RecordAudit")]
    [TestCase("""{"type":"system","action":"cleanup"}""", "RunSystemAction")]
    [TestCase("""{"type":"user","data":{"action":"delete","user_id":"u"}}""", "DeleteUser")]
    public void A_kind_and_its_action_are_a_name(string body, string name)
    {
        var reading = Reader.Read(body);

        reading.Failure?.Message.ShouldBeNull();
        reading.Info!.Name.ShouldBe(name);
    }

    [TestCase("""{"customer_id":"u","amount":5,"action":"create"}""", "CreateOrder")]
    [TestCase("""{"user_id":"u","amount":5,"currency":"USD"}""", "ProcessPayment")]
    [TestCase("""{"user_id":"u","amount":5,"currency":"USD","order_id":"o","method":"card"}""", "ProcessPayment")]
    [TestCase("""{"order_id":"o","action":"cancel","reason":"r"}""", "CancelOrder")]
    [TestCase("""{"product_id":"p","action":"update","price":2}""", "UpdateProduct")]
    public void Without_a_name_the_members_tell(string body, string name)
    {
        var reading = Reader.Read(body);

        reading.Failure?.Message.ShouldBeNull();
        reading.Info!.Name.ShouldBe(name);
    }

    [Test]
    public void What_fits_nothing_is_answered_with_the_candidates()
    {
        var failure = Reader.Refused("""{"colour":"red"}""");

        failure.Code.ShouldBe(ReadFailure.Ambiguous);
        failure.Candidates.ShouldContain("CreateOrder");
        failure.Candidates.ShouldNotContain("RecordCharge");
    }

    [Test]
    public void A_kind_that_needs_an_action_says_which()
    {
        var failure = Reader.Refused("""{"type":"order","order_id":"o"}""");

        failure.Code.ShouldBe(ReadFailure.Ambiguous);
        failure.Message.ShouldBe("action is required: one of create, update, confirm, cancel, ship, deliver, delete");
        failure.Candidates.ShouldBe(["CreateOrder", "UpdateOrder", "ConfirmOrder", "CancelOrder", "ShipOrder", "DeliverOrder", "DeleteOrder"]);
    }

    [TestCase("RecordCharge")]
    [TestCase("CommitStock")]
    [TestCase("createOrder")]
    [TestCase("nothing")]
    public void What_is_no_command_for_callers_is_unknown(string type)
    {
        var failure = Reader.Refused($$"""{"type":"{{type}}","command_id":"mine"}""");

        failure.Code.ShouldBe(ReadFailure.UnknownType);
        failure.Message.ShouldStartWith($"Unknown command type {type}; supported are ");
        Reader.Read($$"""{"type":"{{type}}","command_id":"mine"}""").CommandId.ShouldBe("mine");
    }

    [Test]
    public void A_door_takes_only_what_it_supports()
    {
        var failure = Reader.Refused("""{"type":"ConfirmOrder","data":{"order_id":"o"}}""", Reader.Any with { Supported = ["CreateUser", "CreateOrder"] });

        (failure.Code, failure.Message).ShouldBe((ReadFailure.UnknownType, "Unknown command type ConfirmOrder; supported are CreateUser, CreateOrder"));
    }

    [Test]
    public void An_action_that_contradicts_the_name_is_refused() =>
        Reader.Refused("""{"type":"CreateUser","action":"delete","name":"Jo","email":"j@e.de"}""").Message.ShouldBe("action must be create");
}
