using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using Workers.Engine.Log;
using Workers.Engine.Store;

namespace Workers.Sqlite.State;

/// <summary>
/// The marks of all partitions in <c>{data}/executing</c>, a file in memory that the operating system keeps when the process is killed. A mark has 64
/// bytes (a cache line, since threads of different partitions write all the time): whose it is (the first 8 bytes of the SHA-256 of group and
/// partition), and its value inverted, so that zeros mean that nothing is executed. Nothing is lost with the file. The memory stays for as long as
/// anyone has a mark: a thread that outlives the database writes into it.
/// </summary>
internal sealed unsafe class ExecutionMarks
{
    private const int Bytes = 64;
    private const int Count = 1_024;

    private readonly Lock _lock = new();
    private readonly MemoryMappedViewAccessor _view;
    private readonly long* _start;

    private ExecutionMarks(MemoryMappedFile file)
    {
        _view = file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = (long*)start;
    }

    ~ExecutionMarks() => _view.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <summary>Throws <see cref="StoreOpenException"/> where the file cannot be written.</summary>
    public static ExecutionMarks Open(string directory)
    {
        var path = Path.Combine(directory, "executing");
        try
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            if (file.Length != Bytes * Count)
            {
                // Written in full: a page that a full disk has no room for would end the process when it is first touched.
                file.SetLength(0);
                file.Write(new byte[Bytes * Count]);
            }

            using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            return new ExecutionMarks(mapped);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    public IExecutionMark Of(string group, PartitionId partition)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{group}\n{partition.Topic}\n{partition.Number}"));
        var owner = BinaryPrimitives.ReadInt64LittleEndian(hash) | 1;
        lock (_lock)
        {
            for (var i = 0; i < Count; i++)
            {
                var at = _start + (i * Bytes / sizeof(long));
                if (*at == 0)
                {
                    *at = owner;
                }

                if (*at == owner)
                {
                    return new Mark(this, at + 1);
                }
            }
        }

        throw new StoreOpenException($"More than {Count} partitions are executed in one file.");
    }

    private sealed class Mark(ExecutionMarks marks, long* at) : IExecutionMark
    {
        public long Value
        {
            get
            {
                var value = ~Volatile.Read(ref *at);
                GC.KeepAlive(marks);
                return value;
            }

            set
            {
                Volatile.Write(ref *at, ~value);
                GC.KeepAlive(marks);
            }
        }
    }
}
