using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;

namespace Workers.Api.Doors;

/// <summary>The commands of a batch as slices of its body: an array, or <c>{commands:[…], atomic}</c>.</summary>
internal sealed record BatchBody(IReadOnlyList<ReadOnlyMemory<byte>> Commands, bool Atomic)
{
    private const int Most = 1_000;
    private const int MaxDepth = 66;

    /// <exception cref="ProblemException">It is neither form, or has not 1 to 1,000 commands.</exception>
    public static BatchBody Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var batch = reader.TokenType switch
            {
                JsonTokenType.StartArray => new BatchBody(Slices(ref reader, body), Atomic: false),
                JsonTokenType.StartObject => Envelope(ref reader, body),
                _ => throw Bad("A batch must be an array of commands, or an object with commands"),
            };
            return reader.Read() ? throw Bad("The body goes on after the batch") : batch;
        }
        catch (InvalidOperationException)
        {
            throw Bad("The body has a text with half a surrogate pair");
        }
        catch (JsonException error)
        {
            throw Bad($"The body is not valid JSON (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1})");
        }
    }

    private static BatchBody Envelope(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        IReadOnlyList<ReadOnlyMemory<byte>>? commands = null;
        bool? atomic = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "commands" when commands is null && reader.TokenType == JsonTokenType.StartArray:
                    commands = Slices(ref reader, body);
                    break;
                case "atomic" when atomic is null && reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                    atomic = reader.GetBoolean();
                    break;
                default:
                    throw ListQuery.Bad(name, name switch
                    {
                        "commands" => "commands must be an array, given once",
                        "atomic" => "atomic must be true or false, given once",
                        _ => $"{name} is not known",
                    });
            }
        }

        return new BatchBody(commands ?? throw ListQuery.Bad("commands", "commands is required"), atomic ?? false);
    }

    private static List<ReadOnlyMemory<byte>> Slices(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var slices = new List<ReadOnlyMemory<byte>>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            slices.Add(body[start..(int)reader.BytesConsumed]);
            if (slices.Count > Most)
            {
                throw ListQuery.Bad("commands", $"commands must have 1 to {Most} entries");
            }
        }

        return slices.Count > 0 ? slices : throw ListQuery.Bad("commands", $"commands must have 1 to {Most} entries");
    }

    private static ProblemException Bad(string sentence) => new(new Problem(StatusCodes.Status400BadRequest, "MALFORMED", "Validation error: " + sentence));
}
