using System.Buffers.Text;
using System.Security.Cryptography;
using Workers.Engine.Identity;

namespace Workers.Host.Configuration;

/// <summary>
/// By which the program's verbs are let in by the process that serves from the same data directory: whoever reads this file reads the data beside it too.
/// </summary>
internal static class CommandLineSecret
{
    public const string FileName = "cli.key";

    /// <summary>
    /// The process's, made anew: one that was shown to somebody else opens nothing after the next start. Null where the directory cannot be written, and then verbs
    /// need a key.
    /// </summary>
    public static LocalSecret? Make(string data) => OrNull(() =>
    {
        var text = Text();
        PrivateFile.Write(PathIn(data), text);
        return text;
    });

    /// <summary>That of the process that serves, for one beside it that only does an errand; made where there is none.</summary>
    public static LocalSecret? ReadOrMake(string data) => OrNull(() => PrivateFile.ReadOrMake(PathIn(data), Text));

    /// <summary>What a verb shows; null where there is none.</summary>
    public static string? Find(string data)
    {
        try
        {
            return File.Exists(PathIn(data)) ? File.ReadAllText(PathIn(data)).Trim() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LocalSecret? OrNull(Func<string> text)
    {
        try
        {
            return new LocalSecret(text().Trim());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Text() => LocalSecret.Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)) + "\n";

    private static string PathIn(string data) => Path.Combine(Path.GetFullPath(data), FileName);
}
