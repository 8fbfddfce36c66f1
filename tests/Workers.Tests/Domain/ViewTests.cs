using System.Buffers;
using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Domain;
using Workers.Domain.Views;

namespace Workers.Tests.Domain;

[Parallelizable(ParallelScope.All)]
public sealed class ViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(2));

    private static readonly Order Order = new()
    {
        OrderId = "o",
        OrderNumber = "ORD-0123456789",
        UserId = "u",
        Currency = "USD",
        Items = [new() { ProductId = "p", Sku = "s", Quantity = 2, UnitPrice = 29.990m }],
        TotalAmount = 59.98m,
        ShippingAddress = new() { Street = "st", City = "c", State = "IL", Zip = "z", Country = "us" },
        Status = OrderStatus.Shipped,
        TrackingNumber = "1Z999AA10123456784",
        Carrier = "UPS",
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    [Test]
    public void Orders_answer_exactly_what_document_003_prints()
    {
        Answer(new CreateOrder(), Order with { Status = "CREATED" }).ShouldBe("""{"order_id":"o","order_number":"ORD-0123456789","status":"CREATED"}""");
        Answer(new ConfirmOrder(), Order with { Status = "CONFIRMED" }).ShouldBe("""{"order_id":"o","status":"CONFIRMED"}""");
        Answer(new CancelOrder(), Order with { Status = "CANCELLED" }).ShouldBe("""{"order_id":"o","status":"CANCELLED"}""");
        Answer(new ShipOrder(), Order).ShouldBe("""{"order_id":"o","status":"SHIPPED","tracking_number":"1Z999AA10123456784"}""");
        Answer(new DeliverOrder(), Order with { Status = "DELIVERED" }).ShouldBe("""{"order_id":"o","status":"DELIVERED"}""");
    }

    [Test]
    public void The_whole_order_has_items_total_address_carrier_and_version()
    {
        Written(writer => OrderView.Write(writer, Order, 3)).ShouldBe(
            """
            {"id":"o","order_id":"o","order_number":"ORD-0123456789","customer_id":"u","user_id":"u","status":"SHIPPED",
            "items":[{"product_id":"p","sku":"s","quantity":2,"unit_price":29.99}],"total":59.98,"total_amount":59.98,"currency":"USD",
            "shipping_address":{"street":"st","city":"c","state":"IL","zip":"z","country":"US"},
            "carrier":"UPS","tracking_number":"1Z999AA10123456784",
            "version":3,"created_at":"2026-01-02T01:04:05.006Z","updated_at":"2026-01-02T01:04:05.006Z"}
            """.ReplaceLineEndings(""));
    }

    [Test]
    public void A_product_tells_stock_and_what_is_available() =>
        Written(writer => ProductView.Write(writer, new Product { ProductId = "p", Name = "n", Price = 1.50m, Stock = 9, Reserved = 4, CreatedAt = Now, UpdatedAt = Now }, 1)).ShouldBe(
            """{"id":"p","product_id":"p","name":"n","price":1.5,"stock":9,"available":5,"version":1,"created_at":"2026-01-02T01:04:05.006Z","updated_at":"2026-01-02T01:04:05.006Z"}""");

    [Test]
    public void Open_data_of_a_user_never_stands_in_for_a_member_of_the_resource()
    {
        var open = new Dictionary<string, JsonElement> { ["version"] = JsonDocument.Parse("99").RootElement, ["nick"] = JsonDocument.Parse("\"J\"").RootElement };
        var user = new User { UserId = "u", Name = "Jo", More = open, CreatedAt = Now, UpdatedAt = Now };

        using var view = JsonDocument.Parse(Written(writer => UserView.Write(writer, user, 2)), new JsonDocumentOptions { AllowDuplicateProperties = false });

        (view.RootElement.GetProperty("version").GetInt32(), view.RootElement.GetProperty("nick").GetString()).ShouldBe((2, "J"));
    }

    [Test]
    public void Sensitive_values_of_open_data_are_hidden_however_deep_they_lie()
    {
        var open = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""{"cvv":123,"cards":[{"card_number":"4111","holder":"Jo"}],"nick":null}""");
        var user = new User { UserId = "u", Name = "Jo", More = open, Metadata = new() { ["password"] = "p", ["a"] = "b" }, CreatedAt = Now, UpdatedAt = Now };

        Answer(new CreateUser { UserId = "u" }, user).ShouldContain(
            ""","cvv":"***","cards":[{"card_number":"***","holder":"Jo"}],"nick":null,"metadata":{"password":"***","a":"b"}""");
    }

    [Test]
    public void A_refund_answers_with_itself_and_its_payment()
    {
        var payment = new Payment
        {
            PaymentId = "p",
            UserId = "u",
            Amount = 10,
            Currency = "USD",
            Gateway = "stripe",
            Status = PaymentStatus.PartiallyRefunded,
            CommandId = "c",
            EffectId = "e",
            PaidAmount = 10,
            RefundedAmount = 4,
            Refunds = [new() { RefundId = "cmd", Amount = 4, Status = RefundStatus.Refunded, Reason = "r", RequestedAt = Now }],
        };

        Answer(new RefundPayment(), payment, "cmd").ShouldBe(
            """{"id":"cmd","refund_id":"cmd","payment_id":"p","user_id":"u","currency":"USD","amount":4,"status":"REFUNDED","reason":"r","requested_at":"2026-01-02T01:04:05.006Z","payment_status":"PARTIALLY_REFUNDED","refunded_amount":4}""");
    }

    [Test]
    public void A_delete_answers_with_both_ids() =>
        Answer(new DeleteUser { UserId = "u" }, null).ShouldBe("""{"id":"u","user_id":"u","deleted":true}""");

    private static string Answer(ICommand command, object? state, string commandId = "c") =>
        Written(writer => CommandAnswer.Write(writer, command, state, 3, commandId));

    private static string Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
