using System.Text;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;

namespace Workers.Tests.Contracts;

/// <summary>Bodies of the size that doors let through, made to cost as much as possible: with work that grows with the square of it these tests would run for minutes to hours.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class LargeBodiesTests
{
    private const int MiB = 1 << 20;

    [TestCase("{}", "items[0].product_id", "items[0].product_id is required")]
    [TestCase("0", "items[0]", "items[0] must be an object")]
    public void Of_a_list_that_is_wrong_throughout_the_first_hundred_errors_are_told(string item, string field, string sentence)
    {
        var body = $$"""{"type":"CreateOrder","customer_id":"a","items":[{{string.Join(',', Enumerable.Repeat(item, (MiB - 100) / (item.Length + 1)))}}]}""";

        var failure = Reader.Refused(body);

        failure.Errors.Count.ShouldBe(100);
        failure.Errors[0].ShouldBe(new FieldError(field, sentence));
        failure.Message.Length.ShouldBeLessThan(10_000);
    }

    [Test]
    public void Members_by_the_hundred_thousand_are_taken()
    {
        var members = string.Join(',', Enumerable.Range(0, 90_000).Select(i => $"\"a{i:x}\":1"));

        Reader.Accepted<CreateUser>($$$"""{"type":"CreateUser","data":{"name":"Jo","email":"j@e.de",{{{members}}}}}""").Data!.More!.Count.ShouldBe(90_000);
    }

    [Test]
    public void A_member_given_twice_deep_inside_is_found_without_a_text_for_each_that_is_given_once()
    {
        var name = new string('n', 8_000);
        var inner = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"{i:x}\":1"));
        var body = Encoding.UTF8.GetBytes("{\"type\":\"CreateUser\"," + string.Concat(Enumerable.Repeat($"\"{name}\":{{", 60)) + inner + ",\"0\":2" + new string('}', 61));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var failure = Reader.Read(body).Failure.ShouldNotBeNull();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100L * MiB);
        failure.Message.ShouldEndWith("is given twice");
        failure.Message.Length.ShouldBeLessThan(1_000);
    }

    [Test]
    public void A_member_given_twice_is_told_with_the_way_to_it() =>
        Reader.Refused("""{"type":"CreateOrder","items":[{"sku":"a"},{"more":{"x":1,"x":2}}]}""").Message.ShouldBe("items[1].more.x is given twice");

    [Test]
    public void An_order_has_at_most_a_thousand_items()
    {
        string Order(int items) => $$"""{"type":"CreateOrder","user_id":"u","items":[{{string.Join(',', Enumerable.Range(0, items).Select(i => $$"""{"product_id":"p{{i}}","quantity":1,"price":1}"""))}}]}""";

        Reader.Accepted<CreateOrder>(Order(1_000)).Items!.Count.ShouldBe(1_000);
        Reader.Refused(Order(1_001)).Message.ShouldBe("Order must have at most 1000 items");
    }

    [Test]
    public void A_product_in_several_lines_is_not_more_than_one_adjustment_of_stock_can_say()
    {
        string Order(int third) => $$"""
            {"type":"CreateOrder","user_id":"u","items":[{"product_id":"p","quantity":500000000,"price":0.01},{"product_id":"q","quantity":1,"price":0.01},
            {"product_id":"p","quantity":{{third}},"price":0.01}]}
            """;

        Reader.Accepted<CreateOrder>(Order(500_000_000));
        Reader.Refused(Order(500_000_001)).Message.ShouldBe("The quantities of p must be at most 1000000000 together");
    }
}
