using Workers.Host.Configuration;

namespace Workers.Host.Logging;

internal static class LoggingModule
{
    /// <summary>Replaces the framework's own providers: lines on the console and, if configured, in a file.</summary>
    public static ILoggingBuilder AddLines(this ILoggingBuilder logging, LoggingOptions options)
    {
        logging.ClearProviders();
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        logging.SetMinimumLevel(LevelOf(options.Level));

        // A request's own line says enough, and theirs cost more than the request.
        var others = options.Level == "trace" ? LogLevel.Trace : LogLevel.Warning;
        foreach (var category in new[] { "Microsoft", "System", "MassTransit" })
        {
            logging.AddFilter(category, others);
        }

        // From a factory, so that the container disposes it, and what waits is written.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new LineLoggerProvider(Sinks(options), TimeProvider.System));
        return logging;
    }

    private static List<ILineSink> Sinks(LoggingOptions options)
    {
        var container = ConfigurationReader.IsContainer(ConfigurationReader.ProcessEnvironment());
        var json = options.Format == "json" || (options.Format == "auto" && container && Console.IsOutputRedirected);
        var colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var sinks = new List<ILineSink> { new ConsoleSink(Console.OpenStandardOutput(), json, colours) };
        if (options.File.Length > 0)
        {
            sinks.Add(new RollingFile(options.File, options.MaxBytes, options.Files, Console.Error.WriteLine));
        }

        return sinks;
    }

    private static LogLevel LevelOf(string level) => level switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => LogLevel.Information,
    };
}
