using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class SentencesTests
{
    private const string Address = """{"street":"s","city":"c","state":"st","zip":"z","country":"US"}""";

    [TestCase("""{"customer_id":"c","items":[],"shipping_address":ADDRESS}""", "Order must have at least one item")]
    [TestCase("""{"customer_id":"c","shipping_address":ADDRESS}""", "Order must have at least one item")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","quantity":1,"unit_price":1}],"shipping_address":ADDRESS}""", "SKU is required")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","sku":"  ","quantity":1,"unit_price":1}],"shipping_address":ADDRESS}""", "SKU is required")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","sku":"s","quantity":0,"unit_price":1}],"shipping_address":ADDRESS}""", "Quantity must be at least 1")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","sku":"s","quantity":1,"unit_price":0.01}],"shipping_address":ADDRESS}""", "Unit price must be greater than 0.01")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","sku":"s","quantity":1,"unit_price":1}]}""", "shipping_address is required")]
    [TestCase("""{"items":[{"product_id":"p","sku":"s","quantity":1,"unit_price":1}],"shipping_address":ADDRESS}""", "customer_id is required")]
    [TestCase("""{"user_id":"c","items":[{"product_id":"p","quantity":1,"price":0.01}]}""", "Unit price must be greater than 0.01")]
    [TestCase("""{"customer_id":"c","items":[{"product_id":"p","quantity":0,"unit_price":1}],"shipping_address":ADDRESS}""", "SKU is required; Quantity must be at least 1")]
    public void Orders_posted_to_their_resource_are_refused_in_the_documents_words(string body, string message)
    {
        var failure = Reader.Refused(body.Replace("ADDRESS", Address), Reader.Resource<CreateOrder>());

        failure.Code.ShouldBe(ReadFailure.Validation);
        failure.Message.ShouldBe(message);
    }

    [TestCase("USA")]
    [TestCase("U")]
    [TestCase("")]
    [TestCase("1A")]
    public void A_country_is_two_letters(string country)
    {
        var body = """{"customer_id":"c","items":[{"product_id":"p","sku":"s","quantity":1,"unit_price":1}],"shipping_address":ADDRESS}"""
            .Replace("ADDRESS", Address.Replace("US", country));

        Reader.Refused(body, Reader.Resource<CreateOrder>()).Message.ShouldBe("Country code must be exactly 2 characters");
    }

    [Test]
    public void Errors_name_the_member_in_its_place()
    {
        var failure = Reader.Refused(
            """{"action":"create","user_id":"u","items":[{"product_id":"p","quantity":1,"price":1},{"product_id":"p","quantity":0,"price":1.001}],"shipping_address":{"street":" ","city":"c","state":"s","zip":"z","country":"us"}}""");

        failure.Errors.ShouldBe(
        [
            new("items[1].quantity", "Quantity must be at least 1"),
            new("items[1].unit_price", "items[1].unit_price must have at most 2 decimals and be at most 999999999999.99"),
            new("shipping_address.street", "shipping_address.street is required"),
        ]);
    }

    [TestCase(typeof(CancelOrder), "{}", "Cancellation reason is required")]
    [TestCase(typeof(CancelOrder), """{"reason":"  "}""", "Cancellation reason is required")]
    [TestCase(typeof(ShipOrder), """{"carrier":"UPS"}""", "Tracking number is required")]
    [TestCase(typeof(ShipOrder), """{"tracking_number":"1"}""", "Carrier is required")]
    [TestCase(typeof(ShipOrder), "{}", "Tracking number is required; Carrier is required")]
    [TestCase(typeof(ProcessPayment), """{"user_id":"u","amount":0.001,"currency":"USD"}""", "amount must be at least 0.01")]
    [TestCase(typeof(ProcessPayment), """{"user_id":"u","amount":1.005,"currency":"USD"}""", "amount must have at most 2 decimals and be at most 999999999999.99")]
    [TestCase(typeof(ProcessPayment), """{"user_id":"u","amount":1000000000000,"currency":"USD"}""", "amount must have at most 2 decimals and be at most 999999999999.99")]
    [TestCase(typeof(ProcessPayment), """{"user_id":"u","amount":1,"currency":"CHF"}""", "currency must be one of EUR, GBP, INR, USD")]
    [TestCase(typeof(ProcessPayment), """{"user_id":"u","amount":1,"currency":"USD","gateway":"adyen"}""", "gateway must be one of paypal, razorpay, simulated, stripe")]
    [TestCase(typeof(ProcessPayment), "{}", "user_id is required; amount is required; currency is required")]
    [TestCase(typeof(CreateUser), """{"name":"J","email":"john@example.com"}""", "name must be between 2 and 100 characters")]
    [TestCase(typeof(CreateUser), """{"name":"Jo","email":"john"}""", "email must be a valid e-mail address")]
    [TestCase(typeof(CreateUser), """{"name":"Jo","email":"j@e.de","age":17}""", "age must be between 18 and 120")]
    [TestCase(typeof(CreateUser), "{}", "name is required; email is required")]
    [TestCase(typeof(CreateProduct), """{"name":"n","price":-1}""", "price must be at least 0")]
    [TestCase(typeof(CreateProduct), """{"price":1}""", "name is required")]
    [TestCase(typeof(AdjustInventory), """{"action":"add","quantity":0}""", "quantity must be at least 1")]
    [TestCase(typeof(AdjustInventory), """{"action":"set","quantity":-1}""", "quantity must be at least 0")]
    [TestCase(typeof(AdjustInventory), """{"action":"commit","quantity":1}""", "action must be one of add, remove, set, reserve, release")]
    [TestCase(typeof(AdjustInventory), """{"action":"add","quantity":1000000001}""", "quantity must be at most 1000000000")]
    [TestCase(typeof(UpdateProduct), "{}", "at least one member to change is required")]
    [TestCase(typeof(UpdateOrder), """{"items":null}""", "items cannot be null")]
    [TestCase(typeof(RunSystemAction), """{"action":"explode"}""", "action must be one of ping, cleanup, rebuild_projection, warm_cache, pause_queue, resume_queue, reset_metrics, reset_circuit_breaker")]
    public void What_is_wrong_is_said_in_these_words(Type command, string body, string message)
    {
        var info = CommandCatalog.All.Single(info => info.Type == command);
        var key = info.KeyIsMade || info.Type == typeof(RunSystemAction) ? null : "k-1";

        Reader.Refused(body, Reader.Any with { Command = info, IsResource = true, Key = key }).Message.ShouldBe(message);
    }

    [TestCase("amount", "\"100\"", "amount must be a number")]
    [TestCase("amount", "1e400", "amount must be a number with at most 2 decimals")]
    [TestCase("amount", "123456789012345678901234567890", "amount must be a number with at most 2 decimals")]
    [TestCase("amount", "0.1000000000000000000000000000000001", "amount must be a number with at most 2 decimals")]
    [TestCase("amount", "true", "amount must be a number")]
    [TestCase("user_id", "7", "user_id must be a text")]
    [TestCase("user_id", "[]", "user_id must be a text")]
    [TestCase("metadata", "\"x\"", "metadata must be an object of texts")]
    [TestCase("metadata", """{"a":{}}""", "metadata must be an object of texts")]
    [TestCase("user_id", "\"a/b\"", "user_id must be 1 to 128 printable characters without / \\ ? # % and no reserved word")]
    [TestCase("user_id", "\"history\"", "user_id must be 1 to 128 printable characters without / \\ ? # % and no reserved word")]
    public void A_value_of_the_wrong_type_is_named_and_not_called_missing_too(string member, string value, string message)
    {
        var members = new Dictionary<string, string> { ["user_id"] = "\"u\"", ["amount"] = "1", ["currency"] = "\"USD\"", ["metadata"] = "{}", [member] = value };
        var body = "{" + string.Join(",", members.Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";

        var failure = Reader.Refused(body, Reader.Resource<ProcessPayment>());

        failure.Message.ShouldBe(message);
        failure.Errors.Single().Field.ShouldBe(member);
    }

    [Test]
    public void Unknown_members_are_refused_by_name()
    {
        Reader.Refused("""{"user_id":"u","amount":1,"currency":"USD","colour":"red"}""", Reader.Resource<ProcessPayment>())
            .Message.ShouldBe("colour is not known");
        Reader.Refused("""{"customer_id":"u","items":[{"product_id":"p","sku":"s","quantity":1,"unit_price":1,"size":4}]}""", Reader.Any with { Command = CommandCatalog.Of<CreateOrder>() })
            .Errors.ShouldContain(new FieldError("items[0].size", "items[0].size is not known"));
        Reader.Refused("""{"name":"Jo","email":"j@e.de","colour":"red"}""", Reader.Resource<CreateUser>()).Message.ShouldBe("colour is not known");
    }

    [Test]
    public void A_total_beside_items_must_be_their_sum()
    {
        const string Body = """{"action":"create","user_id":"u","items":[{"product_id":"p","quantity":3,"price":0.1}],"total_amount":TOTAL}""";

        Reader.Accepted<CreateOrder>(Body.Replace("TOTAL", "0.30")).Total.ShouldBe(0.3m);
        Reader.Refused(Body.Replace("TOTAL", "0.31")).Message.ShouldBe("total_amount must equal the sum of the items, 0.3");
    }
}
