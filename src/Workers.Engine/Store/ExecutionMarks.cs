using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Workers.Engine.Log;

namespace Workers.Engine.Store;

/// <summary>
/// The marks of all partitions in a file in memory that the operating system keeps when the process is killed; the processes of one machine may share it. A
/// mark has 64 bytes (a cache line, since threads of different partitions write all the time): whose it is (the first 8 bytes of the SHA-256 of group and
/// partition), its value inverted, so that zeros mean that nothing is executed, and the epoch of who set it. Nothing is lost with the file. The memory stays
/// for as long as anyone has a mark: a thread that outlives the store writes into it.
/// </summary>
public sealed unsafe class ExecutionMarks
{
    private const int Bytes = 64;
    private const int Count = 1_024;
    private const int Words = Bytes / sizeof(long);

    private readonly MemoryMappedViewAccessor? _view;
    private readonly long[]? _memory;
    private readonly long* _start;

    private ExecutionMarks()
    {
        _memory = GC.AllocateArray<long>(Words * Count, pinned: true);
        _start = (long*)Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
    }

    private ExecutionMarks(MemoryMappedFile file)
    {
        _view = file.CreateViewAccessor();
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = (long*)start;
    }

    ~ExecutionMarks() => _view?.SafeMemoryMappedViewHandle.ReleasePointer();

    /// <summary>Throws <see cref="StoreOpenException"/> where the file cannot be written. Null: marks that end with the process.</summary>
    public static ExecutionMarks Open(string? path)
    {
        if (path is null)
        {
            return new ExecutionMarks();
        }

        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length != Bytes * Count)
            {
                // Written in full: a page that a full disk has no room for would end the process when it is first touched. Put in place when it is whole,
                // since another process may be at it.
                var made = $"{path}.{Environment.ProcessId}";
                File.WriteAllBytes(made, new byte[Bytes * Count]);
                File.Move(made, path, overwrite: File.Exists(path));
            }
        }
        catch (IOException) when (File.Exists(path) && new FileInfo(path).Length == Bytes * Count)
        {
            // Another process was faster.
            File.Delete($"{path}.{Environment.ProcessId}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            using var mapped = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
            return new ExecutionMarks(mapped);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, exception);
        }
    }

    public IExecutionMark Of(string group, PartitionId partition) => new Mark(this, Find(group, partition));

    /// <summary>
    /// For stores that several machines share: a partition was taken in this epoch. Where the mark is not that of the epoch before, its owner was elsewhere:
    /// it becomes <see cref="IExecutionMark.Unknown"/>.
    /// </summary>
    public void Taken(string group, PartitionId partition, long epoch)
    {
        var at = Find(group, partition);
        if (Volatile.Read(ref at[2]) != epoch - 1)
        {
            Volatile.Write(ref at[1], ~IExecutionMark.Unknown);
        }

        Volatile.Write(ref at[2], epoch);
        GC.KeepAlive(this);
    }

    private long* Find(string group, PartitionId partition)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{group}\n{partition.Topic}\n{partition.Number}"));
        var owner = BinaryPrimitives.ReadInt64LittleEndian(hash) | 1;
        for (var i = 0; i < Count; i++)
        {
            var at = _start + (i * Words);
            if (Interlocked.CompareExchange(ref *at, owner, 0) is var found && (found == 0 || found == owner))
            {
                return at;
            }
        }

        throw new StoreOpenException($"More than {Count} partitions are executed in one file.");
    }

    private static StoreOpenException Unwritable(string path, Exception exception) => new($"{path} cannot be written: {exception.Message}", exception);

    private sealed class Mark(ExecutionMarks marks, long* at) : IExecutionMark
    {
        public long Value
        {
            get
            {
                var value = ~Volatile.Read(ref at[1]);
                GC.KeepAlive(marks);
                return value;
            }

            set
            {
                Volatile.Write(ref at[1], ~value);
                GC.KeepAlive(marks);
            }
        }
    }
}
