using System.Text;
using System.Text.Json;
using NUnit.Framework;
using Shouldly;
using Workers.Contracts.Json;

namespace Workers.Tests.Contracts;

public sealed class JsonScratchTests
{
    [Test]
    public void What_is_written_while_another_is_written_does_not_mix()
    {
        var outer = JsonWriting.ToBytes("outer", static (name, writer) =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            writer.WritePropertyName("inner");
            writer.WriteRawValue(JsonWriting.ToBytes("inner", static (inner, other) => other.WriteStringValue(inner)));
            writer.WriteEndObject();
        });

        Encoding.UTF8.GetString(outer).ShouldBe("""{"name":"outer","inner":"inner"}""");
    }

    [Test]
    public void What_an_error_left_half_written_is_gone()
    {
        Should.Throw<FormatException>(() => JsonWriting.ToBytes(0, static (_, writer) =>
        {
            writer.WriteStartArray();
            writer.WriteStringValue("half");
            throw new FormatException();
        }));

        JsonWriting.ToBytes(1, static (value, writer) => writer.WriteNumberValue(value)).ShouldBe("1"u8.ToArray());
    }

    [Test]
    public void What_is_large_comes_whole_and_leaves_nothing_behind()
    {
        var text = new string('x', 200_000);

        JsonSerializer.Deserialize<string>(JsonWriting.ToBytes(text, static (value, writer) => writer.WriteStringValue(value))).ShouldBe(text);
        JsonWriting.ToBytes(true, static (value, writer) => writer.WriteBooleanValue(value)).ShouldBe("true"u8.ToArray());
    }

    [Test]
    public void What_one_thread_writes_no_other_reads()
    {
        using var scratch = JsonScratch.Rent();
        scratch.Writer.WriteNumberValue(1);
        var other = Task.Run(() => JsonWriting.ToBytes(2, static (value, writer) => writer.WriteNumberValue(value)));

        Encoding.UTF8.GetString(other.GetAwaiter().GetResult()).ShouldBe("2");
        Encoding.UTF8.GetString(scratch.Written).ShouldBe("1");
    }
}
