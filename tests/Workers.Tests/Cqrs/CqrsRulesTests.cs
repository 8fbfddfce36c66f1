using System.ComponentModel.DataAnnotations;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Events;
using Workers.Contracts.Reading;
using Workers.Domain;
using Workers.Engine.Options;

namespace Workers.Tests.Cqrs;

[Parallelizable(ParallelScope.All)]
public sealed class CqrsRulesTests
{
    [Test]
    public void A_rule_is_read_from_its_parts()
    {
        var rule = DoorRuleText.Parse(" required ; min_length: 2;max_length:100; min: 0.01 ; max: 5; format: email; enum: USD | EUR ");

        (rule.Required, rule.MinLength, rule.MaxLength, rule.Min, rule.Max, rule.Format).ShouldBe((true, 2, 100, 0.01m, 5m, "email"));
        rule.Enum.ShouldBe(["USD", "EUR"]);
        DoorRuleText.Parse("").ShouldBe(new DoorRule());
        DoorRuleText.Parse("required: false").Required.ShouldBeFalse();
    }

    [TestCase("requird", "has the part 'requird'; there are required")]
    [TestCase("min_length: two", "must have a whole number as its min_length")]
    [TestCase("min: much", "must have a number as its min")]
    [TestCase("format: phone", "must have email or uuid as its format")]
    [TestCase("required: perhaps", "must have true or false as its required")]
    public void A_rule_that_is_none_says_why(string text, string why) =>
        Should.Throw<FormatException>(() => DoorRuleText.Parse(text)).Message.ShouldStartWith(why);

    [Test]
    public void The_options_are_right_as_they_come_and_what_is_wrong_is_named()
    {
        Errors(new CqrsOptions()).ShouldBeEmpty();
        var wrong = new CqrsOptions { SupportedCommandTypes = ["CreateUsers"], SupportedEventTypes = ["QueuePaused"], SupportedQueryTypes = ["Get/User"] };
        wrong.ValidationRules.User["name"].Text = "nonsense";
        Errors(wrong).Select(error => error.Split(',')[0]).ShouldBe(
        [
            "Workers:Cqrs:SupportedCommandTypes names 'CreateUsers'", "Workers:Cqrs:SupportedEventTypes names 'QueuePaused'",
            "Workers:Cqrs names the type 'Get/User'", "Workers:Cqrs:ValidationRules:User:name has the part 'nonsense'; there are required",
        ]);
    }

    [TestCase("""{"type":"CreateUser","data":{"name":"Ada","email":"ada@example.org"}}""", "age is required")]
    [TestCase("""{"type":"CreateUser","data":{"name":"Ada","email":"ada@example.org","age":130}}""", "age must be between 18 and 120")]
    [TestCase("""{"type":"UpdateUser","data":{"user_id":"ada","age":5}}""", "age must be between 18 and 120")]
    [TestCase("""{"type":"UpdateUser","data":{"user_id":"ada","name":"Ada"}}""", null)]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"ada","amount":5,"currency":"USD"}}""", "user_id must be a UUID")]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"550e8400-e29b-41d4-a716-446655440000","amount":5}}""", "currency is required")]
    [TestCase("""{"type":"CreateOrder","data":{"user_id":"550e8400-e29b-41d4-a716-446655440000","amount":5,"currency":"EUR"}}""", null)]
    [TestCase("""{"type":"ProcessPayment","data":{"user_id":"ada","amount":5,"currency":"USD","method":"upi","order_id":"o1"}}""", "order_id must be a UUID")]
    [TestCase("""{"type":"ProcessPayment","data":{"user_id":"ada","amount":5,"currency":"USD","order_id":"550e8400-e29b-41d4-a716-446655440000"}}""", "method is required")]
    [TestCase("""{"type":"RefundPayment","data":{"payment_id":"user-123","amount":5,"reason":"late"}}""", null)]
    [TestCase("""{"type":"CancelOrder","data":{"order_id":"user-123","reason":"late"}}""", null)]
    public void The_printed_rules_hold_for_the_data_of_four_commands(string body, string? error)
    {
        Read(body, new CqrsOptions().Rules()).Failure?.Message.ShouldBe(error);
        (Read(body, new CqrsOptions().Rules()).Failure is null).ShouldBe(error is null);
    }

    [Test]
    public void Rules_can_be_taken_away_added_and_switched_off()
    {
        const string body = """{"type":"CreateUser","data":{"name":"Ada","email":"ada@example.org"}}""";
        var options = new CqrsOptions();
        options.ValidationRules.User["age"].Text = "";
        options.ValidationRules.User["phone"] = new CqrsRule { Text = "required; min_length: 3; max_length: 20" };

        Read(body, options.Rules()).Failure!.Message.ShouldBe("phone is required");
        new CqrsOptions { ValidationEnabled = false }.Rules().ShouldBeNull();
        Read(body, null).Failure.ShouldBeNull();
    }

    [TestCase(null, 0, null, 1)]
    [TestCase(4, 0, null, 5)]
    [TestCase(4, 7, null, 8)]
    [TestCase(null, 7, 8, 8)]
    [TestCase(4, 2, 4, 4)]
    [TestCase(null, 0, 12, 12)]
    public void A_saved_model_gets_the_next_version_or_the_one_it_asks_for(int? saved, long projected, int? asked, long version) =>
        ((ReadModelSaved)Decide(saved, projected, asked).Events.ShouldHaveSingleItem()).Version.ShouldBe(version);

    [TestCase(null, 7, 7)]
    [TestCase(9, 0, 8)]
    [TestCase(9, 10, 10)]
    public void A_model_is_overwritten_only_by_a_higher_version(int? saved, long projected, int asked)
    {
        var refusal = Decide(saved, projected, asked).Refusal.ShouldNotBeNull();

        (refusal.Code, refusal.Status).ShouldBe(("VERSION_CONFLICT", 409));
    }

    [TestCase("UserCreated", true)]
    [TestCase("PaymentRefunded", true)]
    [TestCase("SomethingOfTheirs", true)]
    [TestCase("CommandCompleted", false)]
    [TestCase("HistoryCleared", false)]
    [TestCase("ReadModelSaved", false)]
    [TestCase("NotificationSent", false)]
    [TestCase("a/b", false)]
    public void What_the_platform_tells_of_itself_is_not_posted(string type, bool open) => OpenEvents.IsOne(type).ShouldBe(open);

    private static Decision Decide(int? saved, long projected, int? asked) => ReadModelRules.Decide(
        saved is { } version ? new SavedReadModel { Version = version } : null, projected,
        new SaveReadModel { ModelId = "ada", ModelType = "UserReadModel", Version = asked });

    private static IReadOnlyList<string> Errors(CqrsOptions options) => [.. options.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!)];

    private static CommandReading Read(string body, DoorRules? rules) => new CommandReader().Read(
        System.Text.Encoding.UTF8.GetBytes(body), new ReadRequest { Rules = rules, MakeKey = (_, _) => "made" });
}
