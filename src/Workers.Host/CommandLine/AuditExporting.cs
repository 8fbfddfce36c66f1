using System.CommandLine;
using System.Globalization;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>Has the running process send all entries that a filter finds, to a file or to standard output. The process notes who has asked.</summary>
internal static class AuditExporting
{
    private const string Audit = "/api/v1/commands/audit";
    private const int Step = 1 << 16;

    public static Command Make(Terminal terminal)
    {
        var format = new Option<string>("--format") { Description = "ndjson or csv", DefaultValueFactory = _ => "ndjson" };
        format.AcceptOnlyFromAmong("ndjson", "csv");
        var output = new Option<string?>("--out") { Description = "The file, which must not be there; standard output if not said", HelpName = "FILE" };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit trail" };
        (string Name, Option<string?> Option)[] filters =
        [
            ("from", new("--from") { Description = "Not before this time, such as 2026-01-31T12:00:00Z" }),
            ("to", new("--to") { Description = "Not after this time" }),
            ("type", new("--type") { Description = "A command's or an event's name, or a kind" }),
            ("entity_type", new("--entity-type") { Description = "Such as order, user, position, access" }),
            ("key", new("--key") { Description = "The id of what it is about" }),
            ("user_id", new("--user") { Description = "Of this user" }),
            ("command_id", new("--command") { Description = "Of this command" }),
        ];
        var command = new Command("export", "Write entries to a file or to standard output, the oldest first") { format, output, reason };
        foreach (var (_, option) in filters)
        {
            command.Add(option);
        }

        return command.Does(async parsed =>
        {
            var asked = filters.Select(filter => (filter.Name, Value: parsed.GetValue(filter.Option))).Where(filter => !string.IsNullOrEmpty(filter.Value))
                .Append(("format", parsed.GetValue(format))).Append(("reason", parsed.GetValue(reason))).Where(filter => filter.Item2 is not null)
                .Select(filter => $"{filter.Item1}={Uri.EscapeDataString(filter.Item2!)}");
            using var target = Target.Of(parsed.GetValue(output));
            using var process = RunningProcess.Of(CommonOptions.Settings(parsed, terminal), Timeout.InfiniteTimeSpan);
            return await process.Read($"{Audit}?{string.Join('&', asked)}", terminal, body => Copy(body, target, terminal));
        });
    }

    private static async Task<int> Copy(Stream body, Target target, Terminal terminal)
    {
        var (buffer, total) = (new byte[Step], 0L);
        while (await body.ReadAsync(buffer) is > 0 and var read)
        {
            await target.WriteAsync(buffer.AsMemory(0, read));
            total += read;
            terminal.Progress(string.Create(CultureInfo.InvariantCulture, $"{total >> 10:N0} KiB"));
        }

        target.Complete();
        terminal.ProgressEnd();
        return ExitCodes.Ok;
    }

    /// <summary>Where it goes. A file has its name when it is whole and on the disk; until then it is beside it under another one, and goes where it never becomes whole.</summary>
    private sealed class Target(Stream stream, string? file, string? partial) : IDisposable
    {
        public static Target Of(string? file)
        {
            if (file is null)
            {
                return new Target(Console.OpenStandardOutput(), null, null);
            }

            if (Path.Exists(file))
            {
                throw new ConfigurationException($"--out {file} cannot be made: it is there already");
            }

            var partial = $"{file}.{Environment.ProcessId}.partial";
            return Try(file, () => new Target(new FileStream(partial, FileMode.Create, FileAccess.Write), file, partial));
        }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            try
            {
                await stream.WriteAsync(bytes);
            }
            catch (IOException error) when (file is not null)
            {
                throw Fault(file, error);
            }
        }

        public void Complete()
        {
            if (file is null)
            {
                return;
            }

            _ = Try(file, () =>
            {
                ((FileStream)stream).Flush(flushToDisk: true);
                stream.Dispose();
                File.Move(partial!, file, overwrite: false);
                return true;
            });
        }

        public void Dispose()
        {
            try
            {
                stream.Dispose();
            }
            catch (IOException) when (partial is not null)
            {
                // What could not be written is told already, and deleted.
            }
            finally
            {
                if (partial is not null)
                {
                    File.Delete(partial);
                }
            }
        }

        private static T Try<T>(string file, Func<T> act)
        {
            try
            {
                return act();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw Fault(file, error);
            }
        }

        private static ConfigurationException Fault(string file, Exception error) => new($"--out {file} cannot be made: {error.Message}");
    }
}
