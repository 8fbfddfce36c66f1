using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Workers.Api.Http;
using Workers.Engine.Projections;

namespace Workers.Api.Reads;

/// <summary>A file of audit entries.</summary>
/// <param name="Name">As <c>format</c> names it.</param>
internal abstract record AuditFormat(string Name, string MediaType)
{
    private static readonly AuditFormat s_lines = new JsonLinesFormat();
    private static readonly AuditFormat s_csv = new CsvFormat();

    /// <summary>What is asked for by <c>format</c>, else by <c>Accept</c>; null for a page of the list.</summary>
    /// <exception cref="ProblemException">There is no such format.</exception>
    public static AuditFormat? Of(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return new ListQuery(request.Query).Text("format") switch
        {
            "ndjson" => s_lines,
            "csv" => s_csv,
            "json" => null,
            null => MediaTypes.TakesCsv(accept) ? s_csv : MediaTypes.TakesJsonLines(accept) ? s_lines : null,
            _ => throw ListQuery.Bad("format", "format must be json, ndjson or csv"),
        };
    }

    public virtual void Begin(IBufferWriter<byte> output)
    {
    }

    public abstract void Write(IBufferWriter<byte> output, AuditEntry entry);

    private sealed record JsonLinesFormat() : AuditFormat("ndjson", MediaTypes.JsonLines)
    {
        public override void Write(IBufferWriter<byte> output, AuditEntry entry)
        {
            using var json = JsonAnswer.Rent();
            AuditJson.Write(json.Writer, entry);
            output.Write(json.Written());
            output.Write("\n"u8);
        }
    }

    /// <summary>RFC 4180 with a heading.</summary>
    private sealed record CsvFormat() : AuditFormat("csv", $"{MediaTypes.Csv}; charset=utf-8; header=present")
    {
        private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n");

        public override void Begin(IBufferWriter<byte> output) => output.Write(
            "id,at,entity_type,entity_id,action,type,kind,command_id,user_id,actor,ip_address,user_agent,changes,reason,outcome,hash\r\n"u8);

        public override void Write(IBufferWriter<byte> output, AuditEntry entry)
        {
            Text(output, entry.Id.ToString(), ',');
            Text(output, TimeText.Of(entry.AtMs), ',');
            foreach (var text in (ReadOnlySpan<string?>)
            [
                entry.EntityType, entry.EntityId, entry.Action, entry.Type, entry.Kind, entry.CommandId?.ToString(), entry.UserId, entry.Actor, entry.ClientAddress,
                entry.UserAgent, Encoding.UTF8.GetString(entry.Changes), entry.Reason, entry.Outcome,
            ])
            {
                Text(output, text, ',');
            }

            Text(output, entry.Hash is { } hash ? Convert.ToHexStringLower(hash) : null, '\n');
        }

        private static void Text(IBufferWriter<byte> output, string? text, char after)
        {
            text = Harmless(text ?? "");
            if (text.AsSpan().ContainsAny(s_quoted))
            {
                text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            }

            Encoding.UTF8.GetBytes(text, output);
            output.Write(after == ',' ? ","u8 : "\r\n"u8);
        }

        // Spreadsheets execute what begins so; an apostrophe makes it text.
        private static string Harmless(string text) => text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + text : text;
    }
}
