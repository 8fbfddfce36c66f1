using System.Text;

namespace Workers.Host.Logging;

/// <summary>
/// A file of bounded size: full, it becomes <c>.1</c>, the one before <c>.2</c>, and so on; the oldest is deleted. While it cannot be written, lines are
/// left out; they are on the console too.
/// </summary>
internal sealed class RollingFile : ILineSink
{
    private readonly string _path;
    private readonly long _maxBytes;
    private readonly int _files;
    private readonly Action<string> _tell;
    private StreamWriter? _writer;
    private bool _told;

    /// <param name="path">Its directory is made.</param>
    /// <param name="maxBytes">Size after which the next line begins a new file.</param>
    /// <param name="files">Kept, the current one included.</param>
    /// <param name="tell">Gets one sentence when writing begins to fail.</param>
    public RollingFile(string path, long maxBytes, int files, Action<string> tell)
    {
        (_path, _maxBytes, _files, _tell) = (Path.GetFullPath(path), maxBytes, files, tell);
        Try(Open);
    }

    public void Write(LogEntry entry) => Try(() =>
    {
        if (_writer is null)
        {
            Open();
        }
        else if (_writer.BaseStream.Position >= _maxBytes)
        {
            Roll();
        }

        TextFormat.Write(_writer!, entry, colours: false);
    });

    public void Flush() => Try(() => _writer?.Flush());

    public void Dispose() => Try(Close);

    private void Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);

        // Others may read it, rename it and delete it meanwhile.
        var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _writer = new StreamWriter(stream, new UTF8Encoding(false), bufferSize: 16 << 10);
    }

    private void Roll()
    {
        Close();
        File.Delete($"{_path}.{_files - 1}");
        for (var number = _files - 1; number > 0; number--)
        {
            var older = number == 1 ? _path : $"{_path}.{number - 1}";
            if (File.Exists(older))
            {
                File.Move(older, $"{_path}.{number}", overwrite: true);
            }
        }

        if (_files == 1)
        {
            File.Delete(_path);
        }

        Open();
    }

    private void Close()
    {
        var writer = _writer;
        _writer = null;
        writer?.Dispose();
    }

    private void Try(Action write)
    {
        try
        {
            write();
            _told = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // ArgumentOutOfRangeException: what .NET makes of a file that may not grow further (RLIMIT_FSIZE).
            if (!_told)
            {
                _told = true;
                _tell($"{_path} cannot be written, its lines are left out: {e.Message}");
            }
        }
    }
}
