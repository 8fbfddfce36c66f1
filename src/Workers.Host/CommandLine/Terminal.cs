namespace Workers.Host.CommandLine;

/// <summary>Where a verb writes. Colours and progress only on a terminal, and no colours where <c>NO_COLOR</c> is set.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool interactive, bool colours)
{
    public static Terminal Process { get; } = new(
        Console.Out,
        Console.Error,
        !Console.IsErrorRedirected,
        !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public TextWriter Out => output;

    public TextWriter Error => error;

    public void Line(string text) => output.WriteLine(text);

    /// <summary>One sentence on the error stream.</summary>
    public void Fail(string sentence) => error.WriteLine(colours ? $"\e[31merror:\e[0m {sentence}" : $"error: {sentence}");

    public void Warn(string sentence) => error.WriteLine(colours ? $"\e[33mwarning:\e[0m {sentence}" : $"warning: {sentence}");

    /// <summary>Replaces the last progress line; nothing where nobody looks.</summary>
    public void Progress(string text)
    {
        if (interactive)
        {
            error.Write($"\r{text}\e[K");
        }
    }

    public void ProgressEnd()
    {
        if (interactive)
        {
            error.Write("\r\e[K");
        }
    }
}
