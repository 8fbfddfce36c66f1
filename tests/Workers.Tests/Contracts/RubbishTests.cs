using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Commands;
using Workers.Contracts.Reading;

namespace Workers.Tests.Contracts;

[Parallelizable(ParallelScope.All)]
public sealed class RubbishTests
{
    [TestCase("")]
    [TestCase(" \n")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("\"CreateUser\"")]
    [TestCase("{} {}")]
    [TestCase("{\"a\":1,}")]
    [TestCase("{'a':1}")]
    [TestCase("{\"a\":NaN}")]
    [TestCase("{\"a\":\"\\ud800\"}")]
    [TestCase("{\"\\ud800\":1}")]
    [TestCase("{\"a\":\"\\uDFFF x\"}")]
    public void What_is_no_whole_JSON_object_is_malformed(string body) => Reader.Refused(body).Code.ShouldBe(ReadFailure.Malformed);

    [Test]
    public void Ten_thousand_levels_are_malformed()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        var arrays = "{\"type\":\"RecordAudit\",\"changes\":" + new string('[', 10_000) + new string(']', 10_000) + "}";

        Reader.Refused(deep).Code.ShouldBe(ReadFailure.Malformed);
        Reader.Refused(arrays).Code.ShouldBe(ReadFailure.Malformed);
    }

    [Test]
    public void Bytes_that_are_no_UTF8_are_malformed()
    {
        byte[] body = [.. "{\"user_id\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        Reader.Read(body).Failure!.Message.ShouldBe("The body is not valid UTF-8");
    }

    [Test]
    public void Whole_surrogate_pairs_are_taken() =>
        Reader.Accepted<CreateUser>("""{"type":"CreateUser","name":"Jo \ud83d\ude00","email":"j@e.de"}""").Data!.Name.ShouldBe("Jo 😀");

    [TestCase("..")]
    [TestCase("a b ")]
    [TestCase("a\tb")]
    [TestCase("a\u202Eb")]
    [TestCase("a%20b")]
    [TestCase("a?b")]
    [TestCase("search")]
    public void What_would_break_a_path_is_no_id(string id) => IdRules.IsId(id).ShouldBeFalse();

    [TestCase("a")]
    [TestCase("user-123")]
    [TestCase("urn:uuid:550e8400-e29b-41d4-a716-446655440000")]
    [TestCase("Müller 7")]
    [TestCase("😀")]
    public void Printable_texts_are_ids(string id) => IdRules.IsId(id).ShouldBeTrue();

    [Test]
    public void Ids_have_at_most_128_characters()
    {
        IdRules.IsId(new string('a', 128)).ShouldBeTrue();
        IdRules.IsId(new string('a', 129)).ShouldBeFalse();
    }

    [Test]
    public void Metadata_is_bounded_in_entries_and_in_bytes()
    {
        var many = string.Join(",", Enumerable.Range(0, 65).Select(i => $"\"k{i}\":1"));
        var big = new string('x', 16 * 1024);

        Reader.Refused($$$"""{"action":"ping","metadata":{{{{many}}}}}""", Reader.Any with { Said = "system" }).Errors
            .ShouldContain(new FieldError("metadata", "metadata must have at most 64 entries and 16 KiB"));
        Reader.Refused($$$"""{"action":"ping","metadata":{"k":"{{{big}}}"}}""").Message.ShouldBe("metadata must have at most 64 entries and 16 KiB");
    }

    // Whatever one member is replaced by, the reader answers: a valid command or a failure with a sentence, never an exception.
    [FsCheck.NUnit.Property(MaxTest = 3000)]
    public Property No_value_anywhere_breaks_the_reader()
    {
        string[] values =
        [
            "null", "true", "0", "-1", "1e999", "1.005", "99999999999999999999", "\"\"", "\"x\"", "\"\\u0000\"", "[]", "[null]", "[[]]", "[{}]", "{}",
            "{\"a\":1}", "{\"\":null}", "[1,\"a\",{}]", "\"CreateOrder\"", "{\"data\":{\"data\":{}}}",
        ];
        var names = CommandCatalog.All.SelectMany(info => info.Body.Fields).SelectMany(field => field.Aliases.Append(field.Name))
            .Concat(["type", "command_type", "data", "action", "id", "command_id", "clear"]).Distinct().ToArray();
        var member = from name in Gen.Elements(names) from value in Gen.Elements(values) select (name, value);
        var types = CommandCatalog.All.Select(info => info.Name).Concat(CommandCatalog.Kinds).ToArray();
        var body = from members in Gen.ListOf(member)
                   from type in Gen.Elements(types)
                   select "{\"type\":\"" + type + "\"" + string.Concat(members.DistinctBy(m => m.name).Where(m => m.name != "type").Select(m => $",\"{m.name}\":{m.value}")) + "}";
        return Prop.ForAll(body.ToArbitrary(), text =>
        {
            var reading = Reader.Read(Encoding.UTF8.GetBytes(text));
            if (reading.Failure is { } failure)
            {
                return failure.Message.Length > 0 && reading.Command is null;
            }

            return reading.Info!.Validate(reading.Command!).Count == 0;
        });
    }
}
