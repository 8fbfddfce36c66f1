using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using Workers.Host.Configuration;

namespace Workers.Host.CommandLine;

/// <summary>What the program does besides serving: a file a verb, and here their list.</summary>
internal static class Verbs
{
    public static string Version { get; } =
        typeof(Verbs).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Runs the verb that the arguments name, or <paramref name="serve"/>; the exit code.</summary>
    public static Task<int> Run(string[] args, Func<Settings, Task<int>> serve) => Run(args, serve, Terminal.Process);

    internal static async Task<int> Run(string[] args, Func<Settings, Task<int>> serve, Terminal terminal)
    {
        var parsed = Root(serve, terminal).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                terminal.Fail(error.Message);
            }

            terminal.Error.WriteLine("See Workers.Host --help.");
            return ExitCodes.Usage;
        }

        try
        {
            // Signals are the host's: it finishes the batch in hand.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Out,
                Error = terminal.Error,
            });
        }
        catch (Exception e) when (StartupFailure.Explain(e) is not null)
        {
            var (exitCode, sentences) = StartupFailure.Explain(e)!.Value;
            foreach (var sentence in sentences)
            {
                terminal.Fail(sentence);
            }

            return exitCode;
        }
    }

    private static RootCommand Root(Func<Settings, Task<int>> serve, Terminal terminal)
    {
        Func<ParseResult, Task<int>> run = parsed => serve(CommonOptions.Settings(parsed, terminal));
        var root = new RootCommand("A durable command platform. Without a verb it serves.")
        {
            new Command("serve", "Serve (the default)").Does(run),
            DescribeVerb.Make(terminal),
            DoctorVerb.Make(terminal),
            MigrateVerb.Make(terminal),
            BackupVerb.Make(terminal),
            AuditVerb.Make(terminal),
            DeadLettersVerb.Make(terminal),
            SchedulesVerb.Make(terminal),
            PartitionsVerb.Make(terminal),
            PositionsVerb.Make(terminal),
            KeysVerb.Make(terminal),
            ResetVerb.Make(terminal),
        };
        foreach (var option in CommonOptions.All)
        {
            root.Add(option);
        }

        root.Options.OfType<VersionOption>().Single().Recursive = true;
        return (RootCommand)root.Does(run);
    }

    public static Command Does(this Command command, Func<ParseResult, Task<int>> run)
    {
        command.SetAction(run);
        return command;
    }
}
