using System.Text.Json;
using Workers.Contracts.Commands;

namespace Workers.Contracts.Reading;

/// <summary>Writes a request's members as the command's canonical JSON.</summary>
internal sealed class MemberWriter(Utf8JsonWriter writer, CommandInfo info, ReadRequest request, FieldErrors errors)
{
    private ulong _seen;
    private List<Member>? _flat;
    private List<Member>? _rest;
    private List<string>? _cleared;

    public static void Write(Utf8JsonWriter writer, CommandInfo info, Members members, ReadRequest request, FieldErrors errors) =>
        new MemberWriter(writer, info, request, errors).Write(members);

    private void Write(Members members)
    {
        writer.WriteStartObject();
        foreach (var member in members.All)
        {
            if (!IsOfPart(member))
            {
                WriteMember(member, info.Body.Find(member.Name));
            }
        }

        WriteFlat();
        WriteRest();
        WriteSaid();
        WriteCleared();
        writer.WriteEndObject();
    }

    // Members that belong into the flat part, or into what an envelope's data may hold besides.
    private bool IsOfPart(Member member)
    {
        var field = info.Body.Find(member.Name);
        var flat = info.FlatField?.Part is { } part
            && (field is null ? part.Find(member.Name) is not null || member.InData : field == info.FlatField || (member.InData && field.IsClear));
        if (flat)
        {
            (_flat ??= []).Add(member);
            return true;
        }

        if (field is null && member.InData && info.RestField is not null)
        {
            (_rest ??= []).Add(member);
            return true;
        }

        return false;
    }

    private void WriteMember(Member member, CommandField? field)
    {
        var (name, value) = (member.Name, member.Value);
        if (field is null)
        {
            if (!Envelope.IsZero(name, value))
            {
                errors.Add(new(name, $"{name} is not known"));
            }
        }
        else if (Seen(field))
        {
            errors.Add(new(field.Name, $"{field.Name} is given twice"));
        }
        else if (value.ValueKind == JsonValueKind.Null)
        {
            if (info.HasClear && !field.IsKey && (request.IsResource || !Envelope.IsZero(field.Name, value)))
            {
                (_cleared ??= []).Add(field.Name);
            }
        }
        else if (field.IsClear && IsTexts(value))
        {
            (_cleared ??= []).AddRange(value.EnumerateArray().Select(text => text.GetString()!));
        }
        else if (!(field.BlankIsAbsent && value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
        {
            Canonical.WriteField(writer, field, value, field.Name, errors);
        }
    }

    private void WriteFlat()
    {
        if (_flat is null)
        {
            return;
        }

        writer.WriteStartObject(info.FlatField!.Name);
        foreach (var member in _flat.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                (_cleared ??= []).Add(member.Name);
            }
            else if (info.FlatField.Part!.Find(member.Name) is { } field)
            {
                Canonical.WriteField(writer, field, member.Value, field.Name, errors);
            }
            else
            {
                writer.WritePropertyName(member.Name);
                Canonical.WriteSorted(writer, member.Value);
            }
        }

        writer.WriteEndObject();
    }

    private void WriteRest()
    {
        if (_rest is null)
        {
            return;
        }

        writer.WriteStartObject(info.RestField!.Name);
        foreach (var member in _rest.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            writer.WritePropertyName(member.Name);
            Canonical.WriteSorted(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    // What the door says beside the body, where the body does not.
    private void WriteSaid()
    {
        if (request.Reason is { } reason && info.Body.Find("reason") is { Shape: FieldShape.Text } because && !Seen(because))
        {
            writer.WriteString(because.Name, reason);
        }

        if (request.ExpectedVersion is { } version && info.Body.Find("expected_version") is { } expected && !Seen(expected))
        {
            writer.WriteNumber(expected.Name, version);
        }
    }

    private void WriteCleared()
    {
        if (_cleared is null || !info.HasClear)
        {
            return;
        }

        writer.WriteStartArray("clear");
        foreach (var name in _cleared.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    // Whether the field was there before; from now on it was.
    private bool Seen(CommandField field)
    {
        var bit = 1UL << field.Index;
        var seen = (_seen & bit) != 0;
        _seen |= bit;
        return seen;
    }

    private static bool IsTexts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String);
}
