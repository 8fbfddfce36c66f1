namespace Workers.Host.Configuration;

/// <summary>A file with a secret that the program made for itself: only its own user reads it.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file's text; made where it is not there. Of several that start at once one makes it.</summary>
    /// <exception cref="IOException">It can neither be read nor made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static string ReadOrMake(string path, Func<string> make)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
        {
            try
            {
                Put(path, make(), overwrites: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another was faster.
            }
        }

        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode && (mode & ~Ours) != 0)
        {
            File.SetUnixFileMode(path, mode & Ours);
        }

        return File.ReadAllText(path).Trim();
    }

    /// <summary>Makes the file, or replaces it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Put(path, text, overwrites: true);
    }

    // Whole from the first moment that it has its name.
    private static void Put(string path, string text, bool overwrites)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var file = new FileStream(draft, Options()))
            using (var writer = new StreamWriter(file))
            {
                writer.Write(text);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrites);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Ours;
        }

        return options;
    }
}
