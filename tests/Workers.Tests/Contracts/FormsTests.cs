using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class FormsTests
{
    [TestCase("""{"type":"UpdateUser","data":{"user_id":"u","name":"Jane","nick":"J"}}""")]
    [TestCase("""{"type":"UpdateUser","data":{"id":"u","name":"Jane","nick":"J"}}""")]
    [TestCase("""{"type":"UpdateUser","user_id":"u","data":{"nick":"J","name":"Jane"}}""")]
    [TestCase("""{"type":"UpdateUser","user_id":"u","name":"Jane","data":{"nick":"J"}}""")]
    [TestCase("""{"type":"UpdateUser","data":{"user_id":"u","data":{"name":"Jane","nick":"J"}}}""")]
    [TestCase("""{"user_id":"u","action":"update","data":{"name":"Jane","nick":"J"}}""")]
    public void All_forms_of_a_user_command_have_the_same_canonical_bytes(string body)
    {
        var command = Reader.Accepted<UpdateUser>(body);

        Encoding.UTF8.GetString(CommandCatalog.Of(command).ToBytes(command)).ShouldBe("""{"user_id":"u","data":{"name":"Jane","nick":"J"}}""");
    }

    [TestCase("""{"type":"ProcessPayment","user_id":"u","amount":100.50,"currency":"usd","payment_method":"card","metadata":{"b":true,"a":1.50}}""")]
    [TestCase("""{"metadata":{"a":1.50,"b":"true"},"type":"payment","data":{"method":"credit_card","currency":"USD","amount":100.5,"user_id":"u"}}""")]
    public void Member_order_other_names_and_trailing_zeros_do_not_count(string body)
    {
        var command = Reader.Accepted<ProcessPayment>(body);

        Encoding.UTF8.GetString(CommandCatalog.Of(command).ToBytes(command)).ShouldBe(
            """{"payment_id":"made","user_id":"u","amount":100.5,"currency":"USD","payment_method":"credit_card","metadata":{"a":"1.50","b":"true"}}""");
    }

    [Test]
    public void Open_data_is_written_sorted_at_every_depth()
    {
        var command = Reader.Accepted<RecordAudit>(
            """{"entity_type":"t","entity_id":"e","action":"a","changes":{"z":[{"b":1,"a":2}],"a":null}}""");

        Encoding.UTF8.GetString(CommandCatalog.Of(command).ToBytes(command))
            .ShouldBe("""{"entity_type":"t","entity_id":"e","action":"a","changes":{"a":null,"z":[{"a":2,"b":1}]}}""");
    }

    [Test]
    public void Unknown_members_of_an_orders_envelope_are_kept_as_data()
    {
        var order = Reader.Accepted<CreateOrder>("""{"type":"CreateOrder","data":{"user_id":"u","amount":5,"gift":{"wrap":true}}}""");

        order.Data.ShouldNotBeNull().Keys.ShouldBe(["gift"]);
        Reader.Refused("""{"type":"CreateOrder","user_id":"u","amount":5,"gift":true}""").Message.ShouldBe("gift is not known");
        Reader.Refused("""{"type":"ConfirmOrder","data":{"order_id":"o","gift":true}}""").Message.ShouldBe("gift is not known");
    }

    [Test]
    public void Null_clears_in_updates_and_is_absent_elsewhere()
    {
        Reader.Accepted<UpdateProduct>("""{"sku":null,"price":3}""", Reader.Resource<UpdateProduct>("p")).Clear.ShouldBe(["sku"]);
        Reader.Accepted<UpdateUser>("""{"age":null,"name":"Jo"}""", Reader.Resource<UpdateUser>("u")).Clear.ShouldBe(["age"]);
        Reader.Accepted<UpdateUser>("""{"type":"UpdateUser","data":{"user_id":"u","nick":null}}""").Clear.ShouldBe(["nick"]);
        Reader.Accepted<CreateProduct>("""{"name":"n","price":3,"sku":null}""", Reader.Resource<CreateProduct>()).Sku.ShouldBeNull();
        Reader.Refused("""{"name":null}""", Reader.Resource<UpdateUser>("u")).Message.ShouldBe("name cannot be null");
    }

    [TestCase("""{"order_id":"o","id":"o","action":"confirm"}""", "order_id is given twice")]
    [TestCase("""{"user_id":"u","customer_id":"v","amount":1,"type":"CreateOrder"}""", "user_id is given twice")]
    [TestCase("""{"type":"CreateOrder","user_id":"u","items":[{"product_id":"p","quantity":1,"price":1,"unit_price":1}]}""", "items[0].unit_price is given twice")]
    [TestCase("""{"type":"RefundPayment","payment_id":"p","data":{"payment_id":"q","amount":1,"reason":"r"}}""", "payment_id is given twice")]
    [TestCase("""{"user_id":"u","amount":1,"amount":2,"currency":"USD"}""", "amount is given twice")]
    [TestCase("""{"type":"CreateUser","data":{"name":"Jo","email":"j@e.de","x":{"a":1,"\u0061":2}}}""", "data.x.a is given twice")]
    public void What_is_given_twice_is_refused(string body, string message) =>
        Reader.Refused(body).Errors.Select(error => error.Message).ShouldContain(message);

    [Test]
    public void The_path_says_the_id_and_a_body_may_only_agree()
    {
        Reader.Accepted<ConfirmOrder>("""{"id":"o"}""", Reader.Resource<ConfirmOrder>("o")).OrderId.ShouldBe("o");
        Reader.Refused("""{"id":"p"}""", Reader.Resource<ConfirmOrder>("o")).Message.ShouldBe("order_id must be the id in the path");
    }

    [Test]
    public void Reason_and_version_may_be_said_beside_the_body()
    {
        var request = Reader.Resource<CancelOrder>("o") with { Reason = "late", ExpectedVersion = 3 };

        var said = Reader.Accepted<CancelOrder>("", request);
        var own = Reader.Accepted<CancelOrder>("""{"reason":"own"}""", request);

        (said.Reason, said.ExpectedVersion, own.Reason).ShouldBe(("late", 3, "own"));
    }

    [Test]
    public void A_made_key_is_derived_from_the_callers_own_id()
    {
        var request = Reader.Any with { MakeKey = (info, commandId) => $"{info.Name}-{commandId ?? "none"}" };

        Reader.Read("""{"type":"CreateUser","command_id":"mine","name":"Jo","email":"j@e.de"}""", request).Key.ShouldBe("CreateUser-mine");
        Reader.Read("""{"type":"CreateUser","name":"Jo","email":"j@e.de"}""", request).Key.ShouldBe("CreateUser-none");
        Reader.Read("""{"type":"CreateUser","user_id":"u","name":"Jo","email":"j@e.de"}""", request).KeyWasMade.ShouldBeFalse();
    }

    [Test]
    public void A_refunds_approval_without_its_payment_leaves_the_key_to_the_door()
    {
        var reading = Reader.Read("""{"type":"ApproveRefund","refund_id":"r"}""");

        (reading.Failure, reading.Key, reading.KeyWasMade).ShouldBe((null, "", false));
        reading.Info!.KeyIsLookedUp.ShouldBeTrue();
    }

    [Test]
    public void Every_canonical_command_reads_back_equal_through_the_door()
    {
        var command = Reader.Accepted<CreateOrder>(
            """{"type":"CreateOrder","data":{"user_id":"u","items":[{"product_id":"p","quantity":2,"price":1.10}],"currency":"eur","payment":{"payment_method":"card","gateway":"stripe"},"note":"x","metadata":{"k":1}}}""");
        var info = CommandCatalog.Of(command);
        var bytes = info.ToBytes(command);

        info.ToBytes(info.Read(bytes)).ShouldBe(bytes);
        info.ToBytes(Reader.Read(bytes, Reader.Any with { Said = "CreateOrder" }).Command!).ShouldBe(bytes);
        JsonDocument.Parse(bytes).RootElement.GetProperty("items")[0].GetProperty("unit_price").GetRawText().ShouldBe("1.1");
    }
}
